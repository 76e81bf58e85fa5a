import type { Clock } from "../../src/core/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that moves only when the test says so. Timers fire in the order of their time, then of their making. */
export class VirtualClock implements Clock {
  #elapsed = 0;
  #wallOffset: number;
  #timers: Timer[] = [];

  constructor(startWall = Date.UTC(2026, 0, 1)) {
    this.#wallOffset = startWall;
  }

  now(): number {
    return this.#wallOffset + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + Math.max(0, delayMs), callback };
    const index = this.#timers.findIndex((other) => other.at > timer.at);
    this.#timers.splice(index === -1 ? this.#timers.length : index, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time on, firing what falls due, also what those timers start. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (let next = this.#timers[0]; next && next.at <= end; next = this.#timers[0]) {
      this.#timers.shift();
      this.#elapsed = next.at;
      next.callback();
    }
    this.#elapsed = end;
  }

  /** Moves the wall clock alone, as an NTP step does. */
  jumpWall(ms: number): void {
    this.#wallOffset += ms;
  }
}
