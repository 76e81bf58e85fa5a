import type { Cancel, Clock } from "../../src/core/clock.ts";
import type { Selection } from "../../src/trading/paper/wire.ts";

/**
 * Timers that cancel the orders of a selection unless they are pushed out again. One a selection. Not latched: a
 * switch that fired is gone until it is armed anew. They live in the venue, so they fire when every client is dead.
 */
export class DeadMansSwitches {
  readonly #clock: Clock;
  readonly #fire: (selection: Selection) => void;
  readonly #armed = new Map<string, Cancel>();

  constructor(clock: Clock, fire: (selection: Selection) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Arms or pushes out; a timeout of 0 disarms. Gives the venue time at which it fires, or null. */
  set(selection: Selection, timeoutMs: number): number | null {
    const key = JSON.stringify(Object.entries(selection).sort());
    this.#armed.get(key)?.();
    this.#armed.delete(key);
    if (timeoutMs === 0) return null;
    const cancel = this.#clock.after(timeoutMs, () => {
      this.#armed.delete(key);
      this.#fire(selection);
    });
    this.#armed.set(key, cancel);
    return this.#clock.now() + timeoutMs;
  }

  close(): void {
    for (const cancel of this.#armed.values()) cancel();
    this.#armed.clear();
  }
}
