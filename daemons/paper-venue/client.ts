import type { Socket } from "node:net";
import type { Clock } from "../../src/core/clock.ts";
import type { PaperPush, PaperReply, PaperReport } from "../../src/trading/paper/wire.ts";
import type { FaultPlan } from "./faults.ts";
import type { FeedListener } from "./feed.ts";

/** A client that does not read is cut off rather than buffered without end. */
const MOST_UNSENT_BYTES = 32 * 1024 * 1024;

/** One connection to the venue, and what it asked to be told. Sending is where the venue misbehaves when told to. */
export class Client implements FeedListener {
  authorised = false;
  wantsReportsOf: string | undefined;
  instruments: ReadonlySet<string> = new Set();
  doneWith = -1;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #faults: FaultPlan;
  #heldBack: PaperReport | undefined;

  constructor(socket: Socket, clock: Clock, faults: FaultPlan) {
    this.#socket = socket;
    this.#clock = clock;
    this.#faults = faults;
  }

  reply(reply: PaperReply): void {
    this.#send(reply);
  }

  /** The answer to a submit or a cancel: may be late or lost. */
  acknowledge(reply: PaperReply): void {
    if (this.#faults.takes("loseAcknowledgements")) return;
    const delayMs = this.#faults.current.acknowledgeAfterMs ?? 0;
    if (delayMs === 0) this.#send(reply);
    else this.#clock.after(delayMs, () => this.#send(reply));
  }

  /** A report: may be lost, late, doubled, or overtaken by the next one. */
  report(report: PaperReport): void {
    if (this.#faults.takes("loseReports")) return;
    if (this.#heldBack === undefined && this.#faults.takes("swapReports")) {
      this.#heldBack = report;
      return;
    }
    const delayMs = this.#faults.current.acknowledgeAfterMs ?? 0;
    const held = this.#heldBack;
    this.#heldBack = undefined;
    const doubled = this.#faults.takes("doubleReports");
    for (const one of [report, ...(doubled ? [report] : []), ...(held === undefined ? [] : [held])]) {
      if (delayMs === 0) this.push({ push: "report", report: one });
      else this.#clock.after(delayMs, () => this.push({ push: "report", report: one }));
    }
  }

  push(push: PaperPush): void {
    this.#send(push);
  }

  disconnect(): void {
    this.#socket.destroy();
  }

  #send(message: PaperReply | PaperPush): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(`${JSON.stringify(message)}\n`);
    if (this.#socket.writableLength > MOST_UNSENT_BYTES) this.#socket.destroy();
  }
}
