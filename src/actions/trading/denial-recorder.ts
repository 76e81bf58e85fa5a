import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { Log } from "../../ports/log.ts";
import type { DecisionRecord } from "../../trading/decision.ts";

/** Between two tries while the store is away. */
const RETRY_MS = 500;
/** What waits for the store at most: minutes of denials at the pace at which they are recorded. */
const MAX_WAITING = 1_000;

interface Denied {
  readonly token: number;
  readonly decision: DecisionRecord;
}

export interface DenialRecorderOptions {
  readonly write: (token: number, decisions: readonly DecisionRecord[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** The store refused what no repetition changes. The records are in the log, and nowhere else. */
  readonly onRefused: (reason: string) => void;
}

/**
 * Writes down what our own checks denied, in its order. While the store is away it waits and tries again. What the store
 * will not take, and what there is no room or no time left for, goes into the log whole: no record is lost in silence.
 */
export class DenialRecorder {
  readonly #options: DenialRecorderOptions;
  #waiting: Denied[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: DenialRecorderOptions) {
    this.#options = options;
  }

  record(token: number, decisions: readonly DecisionRecord[]): void {
    if (decisions.length === 0) return;
    for (const decision of decisions) this.#waiting.push({ token, decision });
    const room = this.#closed ? 0 : MAX_WAITING;
    if (this.#waiting.length > room) this.#tell(this.#waiting.splice(0, this.#waiting.length - room), "no room");
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when everything is written, or in the log. */
  async drained(): Promise<void> {
    await this.#running;
  }

  /** What is still not written after the try that is under way goes into the log. */
  close(): void {
    this.#closed = true;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { token } = this.#waiting[0]!;
      const turn = this.#waiting.filter((one) => one.token === token);
      this.#waiting = this.#waiting.filter((one) => one.token !== token);
      try {
        await this.#options.write(
          token,
          turn.map(({ decision }) => decision),
        );
      } catch (error) {
        await this.#failed(turn, error);
      }
    }
  }

  async #failed(turn: Denied[], error: unknown): Promise<void> {
    const { clock, log, onRefused } = this.#options;
    const reason = messageOf(error);
    if (!(error instanceof OutageError)) {
      this.#tell(turn, reason);
      onRefused(reason);
    } else if (this.#closed) {
      this.#tell(turn, reason);
    } else {
      log.warn("denials wait for their store", { denials: turn.length + this.#waiting.length, error: reason });
      this.#waiting = [...turn, ...this.#waiting];
      await sleep(clock, RETRY_MS);
    }
  }

  #tell(lost: readonly Denied[], error: string): void {
    for (const { token, decision } of lost) {
      const { order } = decision;
      this.#options.log.error("a denial could not be recorded", { order, token, decision, error });
    }
  }
}
