import type { Random } from "../../src/core/random.ts";
import type { Schedule } from "./schedule.ts";

export interface LinkHabits {
  readonly minMs: number;
  readonly maxMs: number;
  /** Chance that a message is late by up to `stallMs`. */
  readonly stallChance: number;
  readonly stallMs: number;
  /** Chance that a message is delivered twice. Only where the other side does not keep order. */
  readonly doubleChance: number;
  /** How much later what survives a break may arrive. */
  readonly afterBreakMs: number;
  /** Whether messages keep their order, as on one TCP connection. */
  readonly ordered: boolean;
}

/** One direction of a connection. Messages take time, and those under way when it breaks may be lost. */
export class Link {
  readonly #schedule: Schedule;
  readonly #random: Random;
  readonly #habits: LinkHabits;
  readonly #isCalm: () => boolean;
  #lastAt = 0;
  #generation = 0;

  /** `isCalm` says whether nothing stalls any more. */
  constructor(schedule: Schedule, random: Random, habits: LinkHabits, isCalm: () => boolean) {
    this.#isCalm = isCalm;
    this.#schedule = schedule;
    this.#random = random;
    this.#habits = habits;
  }

  send(deliver: () => void, lose: () => void = () => {}): void {
    const { doubleChance } = this.#habits;
    this.#once(deliver, lose);
    if (doubleChance > 0 && this.#random.next() < doubleChance) this.#once(deliver, lose);
  }

  /** The connection breaks: what is under way arrives or is lost, each message by itself. */
  break(): void {
    this.#generation += 1;
    // What goes over the next connection may overtake what is left of this one.
    this.#lastAt = 0;
  }

  #once(deliver: () => void, lose: () => void): void {
    const { minMs, maxMs, stallChance, stallMs, ordered } = this.#habits;
    let delay = minMs + this.#random.next() * (maxMs - minMs);
    if (!this.#isCalm() && this.#random.next() < stallChance) delay += this.#random.next() * stallMs;
    const at = Math.max(this.#schedule.now + delay, ordered ? this.#lastAt : 0);
    if (ordered) this.#lastAt = at;
    const generation = this.#generation;
    const survives = this.#random.next() < 0.5;
    const lateness = this.#random.next() * this.#habits.afterBreakMs;
    this.#schedule.after(at - this.#schedule.now, () => {
      if (this.#generation === generation) deliver();
      else if (survives) this.#schedule.after(lateness, deliver);
      else lose();
    });
  }
}
