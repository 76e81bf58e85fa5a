import { Window } from "./filters.ts";

/** Mean and variance of the last `period` values, updated by Welford's rule and made exact again once a turn. */
export class Moments {
  readonly #window: Window;
  readonly #period: number;
  #squares = 0;
  #mean = 0;
  #turn = 0;

  constructor(period: number) {
    this.#period = period;
    this.#window = new Window(period);
  }

  get full(): boolean {
    return this.#window.full;
  }

  get mean(): number {
    return this.#mean;
  }

  push(value: number): void {
    const wasFull = this.#window.full;
    const out = this.#window.push(value);
    if (!this.#window.full) return;
    if (!wasFull || ++this.#turn >= this.#period) {
      this.#measure();
      return;
    }
    const mean = this.#mean + (value - out) / this.#period;
    this.#squares += (value - out) * (value - mean + out - this.#mean);
    this.#mean = mean;
  }

  /** The variance over `period - degrees`: 0 for a population, 1 for a sample. Never below zero. */
  variance(degrees: 0 | 1): number {
    return Math.max(0, this.#squares) / (this.#period - degrees);
  }

  #measure(): void {
    this.#turn = 0;
    this.#mean = 0;
    for (let i = this.#period - 1; i >= 0; i--) this.#mean += this.#window.at(i);
    this.#mean /= this.#period;
    this.#squares = 0;
    for (let i = this.#period - 1; i >= 0; i--) this.#squares += (this.#window.at(i) - this.#mean) ** 2;
  }
}
