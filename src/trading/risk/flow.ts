import type { OrderTerms } from "../order.ts";

/** What happened lately, for the checks of pace. All times are monotonic milliseconds. */
export interface FlowView {
  /** Times of recent orders, oldest first, within the window. */
  readonly sent: readonly number[];
  readonly sentToday: number;
  /** Content of recent orders and when they were decided. */
  readonly contents: readonly { readonly content: string; readonly at: number }[];
  readonly fills: number;
  readonly cancels: number;
  readonly rejects: number;
  readonly stopOuts: number;
  /** How far recent orders went through the reference, as a sum of ratios. */
  readonly throughRatio: number;
  /** Executions since a person last acted on the strategy. */
  readonly runsSinceHuman: number;
  /** Until when the strategy rests after stop-outs; undefined when it does not. */
  readonly coolDownUntil: number | undefined;
}

/** Over how long flow is looked at. */
export const FLOW_WINDOW_MS = 60_000;
/** Orders of equal content within this time are duplicates of each other. */
export const DUPLICATE_WINDOW_MS = 5_000;
/** Stop-outs are rarer than orders: over how long they make a row, and how long a strategy rests after it (RC-48). */
export const STOP_OUT_WINDOW_MS = 3_600_000;
export const COOL_DOWN_MS = 300_000;
/** Bounds what is kept, whatever the pace; beyond it the oldest are forgotten and limits are long exceeded. */
const MAX_KEPT = 4_096;

/** Economic content of an order: two with the same are duplicates (RC-21). */
export function contentOf(account: string, terms: OrderTerms): string {
  return [account, terms.instrument, terms.side, terms.type, terms.quantity, terms.limit ?? "", terms.stop ?? ""].join(
    "|",
  );
}

/** Keeps the recent flow of one partition. */
export class FlowLog {
  #sent: number[] = [];
  #contents: { content: string; at: number }[] = [];
  #through: { ratio: number; at: number }[] = [];
  #events: { kind: "fill" | "cancel" | "reject"; at: number }[] = [];
  #stopOuts: number[] = [];
  #sentToday = 0;
  #day = Number.NaN;
  #runsSinceHuman = 0;
  #armedEpoch = 0;
  #coolDownUntil: number | undefined;

  /** An order was allowed. It counts from here on, whatever becomes of it (RC-03). */
  decided(at: number, wall: number, content: string, throughRatio: number, byStrategy = true): void {
    const day = Math.floor(wall / 86_400_000);
    if (day !== this.#day) this.#sentToday = 0;
    this.#day = day;
    this.#sentToday += 1;
    // What a person ordered is no execution of the strategy.
    if (byStrategy) this.#runsSinceHuman += 1;
    push(this.#sent, at);
    push(this.#contents, { content, at });
    if (throughRatio > 0) push(this.#through, { ratio: throughRatio, at });
  }

  happened(kind: "fill" | "cancel" | "reject", at: number): void {
    push(this.#events, { kind, at });
  }

  /**
   * A stop closed at a loss. With more of them in the window than `most` the strategy rests, and the row is over: the
   * next one begins anew. A longer rest is never shortened. Nothing latched: time alone ends it.
   */
  stoppedOut(at: number, most: number | undefined): void {
    push(this.#stopOuts, at);
    this.#forget(at);
    if (most === undefined || this.#stopOuts.length <= most) return;
    this.#stopOuts = [];
    this.#coolDownUntil = Math.max(at + COOL_DOWN_MS, this.#coolDownUntil ?? 0);
  }

  /** What earlier holders of the partition did since the arm of this epoch. */
  restore(runsSinceHuman: number, armedEpoch: number): void {
    this.#runsSinceHuman = runsSinceHuman;
    this.#armedEpoch = armedEpoch;
  }

  /** A person let the strategy go on, at this epoch: from there on its executions count anew (RC-42). */
  armed(epoch: number): void {
    if (epoch <= this.#armedEpoch) return;
    this.#armedEpoch = epoch;
    this.#runsSinceHuman = 0;
  }

  view(now: number): FlowView {
    this.#forget(now);
    const count = (kind: string) => this.#events.filter((event) => event.kind === kind).length;
    return {
      sent: this.#sent,
      sentToday: this.#sentToday,
      contents: this.#contents,
      fills: count("fill"),
      cancels: count("cancel"),
      rejects: count("reject"),
      stopOuts: this.#stopOuts.length,
      throughRatio: this.#through.reduce((sum, one) => sum + one.ratio, 0),
      runsSinceHuman: this.#runsSinceHuman,
      coolDownUntil: this.#coolDownUntil,
    };
  }

  #forget(now: number): void {
    const from = now - FLOW_WINDOW_MS;
    this.#sent = this.#sent.filter((at) => at > from);
    this.#contents = this.#contents.filter((one) => one.at > from);
    this.#through = this.#through.filter((one) => one.at > from);
    this.#events = this.#events.filter((one) => one.at > from);
    this.#stopOuts = this.#stopOuts.filter((at) => at > now - STOP_OUT_WINDOW_MS);
  }
}

function push<T>(list: T[], item: T): void {
  if (list.length >= MAX_KEPT) list.shift();
  list.push(item);
}
