import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Closable } from "../ports/closable.ts";

export interface CloseReport {
  readonly closed: readonly string[];
  /** What did not close in its time, or threw, with the reason. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
}

/** One thing that hangs must not cost the others their orderly end. */
const CLOSE_TIMEOUT_MS = 3_000;

/** What was opened, closed in reverse order, once, each in bounded time. */
export class Lifecycle {
  readonly #clock: Clock;
  readonly #opened: { name: string; resource: Closable; withinMs: number }[] = [];
  #closing: Promise<CloseReport> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Registers what was opened, on the line that opened it. Something opened during the close is closed at once. */
  async open<T extends Closable>(
    name: string,
    resource: T | Promise<T>,
    withinMs: number = CLOSE_TIMEOUT_MS,
  ): Promise<T> {
    const opened = await resource;
    if (this.#closing) {
      await opened.close();
      throw new Error(`${name} was opened while closing`);
    }
    this.#opened.push({ name, resource: opened, withinMs });
    return opened;
  }

  close(): Promise<CloseReport> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<CloseReport> {
    const closed: string[] = [];
    const failed: { name: string; reason: string }[] = [];
    for (const { name, resource, withinMs } of this.#opened.toReversed()) {
      const reason = await this.#closeOne(resource, withinMs);
      if (reason === undefined) closed.push(name);
      else failed.push({ name, reason });
    }
    return { closed, failed };
  }

  #closeOne(resource: Closable, withinMs: number): Promise<string | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(withinMs, () => resolve(`did not close within ${withinMs} ms`));
      const done = (reason?: string) => {
        cancel();
        resolve(reason);
      };
      new Promise<void>((closed) => closed(resource.close())).then(
        () => done(),
        (error: unknown) => done(messageOf(error)),
      );
    });
  }
}
