import type { Random } from "../../src/core/random.ts";
import { HostClock } from "./host-clock.ts";
import type { Schedule } from "./schedule.ts";

/** A process that can be killed and stopped: what comes up while it is stopped waits, what belonged to a past life is lost. */
export class SimProcess {
  readonly #schedule: Schedule;
  readonly #queue: (() => void)[] = [];
  readonly clock: HostClock;
  #life = 0;
  #pausedUntil = 0;
  alive = false;

  /** Grows with every start and every end. */
  get life(): number {
    return this.#life;
  }

  constructor(schedule: Schedule, random: Random) {
    this.#schedule = schedule;
    this.clock = new HostClock(random, () => schedule.now);
  }

  begin(): void {
    this.#life += 1;
    this.alive = true;
  }

  kill(): void {
    this.#life += 1;
    this.alive = false;
    this.#queue.length = 0;
    this.#pausedUntil = 0;
    this.clock.aheadUntil = 0;
  }

  pause(forMs: number): void {
    const until = this.#schedule.now + forMs;
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#schedule.after(forMs, () => this.#resume());
  }

  /** Something comes up: at once, or when the process runs again. */
  receive(run: () => void): void {
    if (!this.alive) return;
    if (this.#schedule.now < this.#pausedUntil) this.#queue.push(run);
    else run();
  }

  /** Comes up after a while, in this life or never. Returns its cancellation. */
  after(delayMs: number, run: () => void): () => void {
    const life = this.#life;
    let off = false;
    this.#schedule.after(delayMs, () => {
      if (life !== this.#life || off) return;
      this.receive(() => {
        if (!off) run();
      });
    });
    return () => {
      off = true;
    };
  }

  /** What happens outside and reports back: in this life or never. */
  outside(run: () => void): () => void {
    const life = this.#life;
    return () => {
      if (life === this.#life) this.receive(run);
    };
  }

  #resume(): void {
    while (this.#queue.length > 0 && this.#schedule.now >= this.#pausedUntil) this.#queue.shift()!();
  }
}
