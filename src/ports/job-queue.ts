import type { Closable } from "./closable.ts";

/**
 * The doorbell of the job store: tells a waiting worker that there may be work. A ring may be lost or come twice, so
 * whoever waits also looks for himself now and then.
 */
export interface JobQueue extends Closable {
  /** Wakes one waiting worker at least, now or when it begins to wait. */
  ring(): Promise<void>;
  /** Resolves at a ring, or when the signal aborts; never rejects. Only a worker with nothing to do waits. */
  wait(signal: AbortSignal): Promise<void>;
  /** Resolves when the doorbell can be reached; rejects with an OutageError when not. */
  answers(): Promise<void>;
}
