import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import type { BookChange } from "../../live/commands.ts";
import type { Log } from "../../ports/log.ts";

/** What follows within this time goes into the same write: an order's acknowledgement comes right after its departure. */
const GATHER_MS = 5;
/** Between two tries while the store is away. */
const RETRY_MS = 250;

export interface BookRecorderOptions {
  readonly write: (change: BookChange) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
  /** The store answered, and would not have it. Called again with every try. */
  readonly onRefused: (reason: string) => void;
}

/**
 * Writes the changes of a book in their order, one statement at a time; what piles up in the meantime goes in one. It
 * never gives a change up: while the store is away, or refuses, it tries again, and the session's own book goes on.
 */
export class BookRecorder {
  readonly #options: BookRecorderOptions;
  #waiting: BookChange | undefined;
  #running: Promise<void> | undefined;
  #commit: Promise<unknown> = Promise.resolve();
  #fenced = false;

  constructor(options: BookRecorderOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#running === undefined;
  }

  record(change: BookChange): void {
    if (this.#fenced) return;
    this.#waiting = this.#waiting === undefined ? change : joined(this.#waiting, change);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Nothing is written until this is over: an order waits for the commit of its intent, and nothing waits for the book. */
  yieldTo(commit: Promise<unknown>): void {
    this.#commit = commit;
  }

  /** Resolves when everything is written, or at once when it never will be. */
  async drained(): Promise<void> {
    await this.#running;
  }

  /** A later holder writes now. */
  abandon(): void {
    this.#fenced = true;
    this.#waiting = undefined;
  }

  async #run(): Promise<void> {
    const { write, clock, log, onRefused } = this.#options;
    while (this.#waiting !== undefined && !this.#fenced) {
      await sleep(clock, GATHER_MS);
      await this.#commit;
      const change = this.#waiting;
      if (change === undefined) return;
      this.#waiting = undefined;
      try {
        if (!(await write(change))) this.abandon();
      } catch (error) {
        const reason = messageOf(error);
        log.warn("the book waits for its store", { error: reason });
        this.#waiting = this.#waiting === undefined ? change : joined(change, this.#waiting);
        if (!(error instanceof OutageError)) onRefused(reason);
        await sleep(clock, RETRY_MS);
      }
    }
  }
}

/** Two changes as one: of each order and position the later, all fills, the later cursor. */
export function joined(first: BookChange, second: BookChange): BookChange {
  const fillCursor = second.fillCursor ?? first.fillCursor;
  return {
    token: second.token,
    change: second.change,
    orders: [...new Map([...first.orders, ...second.orders].map((order) => [order.id, order])).values()],
    fills: [...first.fills, ...second.fills],
    positions: [
      ...new Map([...first.positions, ...second.positions].map((position) => [position.instrument, position])).values(),
    ],
    ...(fillCursor !== undefined && { fillCursor }),
  };
}
