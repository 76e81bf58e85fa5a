import type { Random } from "../../src/core/random.ts";
import { HostClock } from "./host-clock.ts";
import type { Schedule } from "./schedule.ts";

/** A process that can be killed and stopped: what comes up while it is stopped waits, what belonged to a past life is lost. */
export class SimProcess {
  readonly #schedule: Schedule;
  readonly #queue: (() => void)[] = [];
  /** What is left of a turn in the middle of which the process was stopped. */
  #unfinished: (() => void)[] = [];
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
    this.#unfinished = [];
    this.#pausedUntil = 0;
    this.clock.aheadUntil = 0;
  }

  /** A stop that comes while the process already stands in the middle of a turn begins when that turn has ended. */
  pause(forMs: number): void {
    const inTurn = this.clock.aheadUntil - this.#schedule.now;
    if (inTurn > 0) {
      this.#schedule.after(
        inTurn,
        this.outside(() => this.pause(forMs)),
      );
      return;
    }
    this.#stop(forMs);
  }

  /** Stops in the middle of the present turn, whose rest then sees the later time. */
  stopInTurn(forMs: number): void {
    this.clock.aheadUntil = Math.max(this.clock.aheadUntil, this.#schedule.now) + forMs;
    this.#stop(this.clock.aheadUntil - this.#schedule.now);
  }

  /** What the stopped turn still does: before everything that came up in the meantime. */
  atEndOfStop(run: () => void): void {
    this.#unfinished.push(run);
  }

  #stop(forMs: number): void {
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
    if (this.#schedule.now < this.#pausedUntil) return;
    for (const run of this.#unfinished.splice(0)) run();
    while (this.#queue.length > 0 && this.#schedule.now >= this.#pausedUntil) this.#queue.shift()!();
  }
}
