import { OutageError } from "../../core/errors.ts";
import type { BarListener, MarketData } from "../../ports/market-data.ts";
import type { Bar } from "../../trading/bar.ts";
import type { InstrumentId } from "../../trading/instrument.ts";
import type { PaperPush } from "../../trading/paper/wire.ts";
import { PaperLine, type PaperLineOptions } from "../venues/paper-line.ts";

/** The bars that the paper venue publishes: the very ones it matches orders against. */
export class PaperMarketData implements MarketData {
  readonly #line: PaperLine;
  readonly #opened: Promise<void>;
  #subscription: { instruments: readonly InstrumentId[]; listener: BarListener } | undefined;
  /** The bar that comes next, if none is missed. */
  #next: number | undefined;

  constructor(options: PaperLineOptions) {
    let opened = () => {};
    this.#opened = new Promise((resolve) => {
      opened = resolve;
    });
    this.#line = new PaperLine(options, {
      onOpen: () => {
        opened();
        if (this.#subscription !== undefined) void this.#start();
      },
      onPush: (push) => this.#take(push),
      onClose: () => {},
    });
  }

  async history(instrument: InstrumentId, count: number): Promise<readonly Bar[]> {
    await this.#opened;
    return (await this.#line.ask({ op: "bars", instrument, last: count })).bars;
  }

  async subscribe(instruments: readonly InstrumentId[], listener: BarListener): Promise<void> {
    await this.#opened;
    this.#subscription = { instruments, listener };
    await this.#start();
  }

  close(): void {
    this.#line.close();
  }

  async #start(): Promise<void> {
    const subscription = this.#subscription!;
    try {
      const { next } = await this.#line.ask({ op: "feed", instruments: [...subscription.instruments] });
      if (this.#next !== undefined && next > this.#next) subscription.listener.onGap();
      this.#next = next;
    } catch (error) {
      // The line opens again, and with it the subscription.
      if (!(error instanceof OutageError)) throw error;
    }
  }

  #take(push: PaperPush): void {
    const listener = this.#subscription?.listener;
    if (push.push === "feed-end") listener?.onEnd();
    if (push.push !== "bar") return;
    const { instrument, index, bar } = push;
    this.#next = index + 1;
    const done = () => this.#line.tell({ op: "bar-done", index });
    if (listener === undefined) done();
    else listener.onBar({ instrument: instrument as InstrumentId, bar, done });
  }
}
