import type { Random } from "../../src/core/random.ts";
import type { Instant } from "../../src/trading/instant.ts";

/** The two clocks of one host. The monotonic one runs a little fast or slow; the wall clock also jumps. */
export class HostClock {
  readonly #now: () => number;
  readonly #rate: number;
  readonly #boot: number;
  #wallOffset: number;
  /** Its process was stopped in the middle of a turn until this true time: in that turn the clocks show no less. */
  aheadUntil = 0;

  constructor(random: Random, now: () => number) {
    this.#now = now;
    this.#rate = 1 + (random.next() - 0.5) * 0.01;
    this.#boot = random.integer(1_000, 1_000_000);
    this.#wallOffset = 1_700_000_000_000 + random.integer(-50, 50);
  }

  get mono(): number {
    return this.#boot + this.#true * this.#rate;
  }

  get wall(): number {
    return Math.round(this.#true + this.#wallOffset);
  }

  read(): Instant {
    return { mono: this.mono, wall: this.wall };
  }

  /** True milliseconds in which this host's clock counts so many. */
  trueOf(ms: number): number {
    return ms / this.#rate;
  }

  get #true(): number {
    return Math.max(this.#now(), this.aheadUntil);
  }

  /** True milliseconds until this host's monotonic clock shows `mono`. */
  until(mono: number): number {
    return (mono - this.mono) / this.#rate;
  }

  jumpWall(byMs: number): void {
    this.#wallOffset += byMs;
  }
}
