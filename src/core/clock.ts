/** Time as ttt sees it, so that a test or a simulation can move it. The real one is adapters/system/system-clock. */
export interface Clock {
  /** Wall time, milliseconds since the epoch, UTC. For records, never for deadlines. */
  now(): number;
  /** Milliseconds of a clock that never jumps. For permits, leases and deadlines. */
  monotonic(): number;
  /** Calls back once after `delayMs` of monotonic time. */
  after(delayMs: number, callback: () => void): Cancel;
}

/** Undoes a timer or a subscription. Calling it twice is harmless. */
export type Cancel = () => void;

/** Resolves after `delayMs`, or at once when the signal aborts (it never rejects; ask the signal). */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}
