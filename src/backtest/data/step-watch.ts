import { intervalName } from "./interval.ts";

/** What is odd about the distance between a bar and the one before. */
export interface OddStep {
  readonly problem: "spacing-change" | "uneven-spacing";
  readonly found: string;
}

/** Equal distances in a row that make a spacing: the days of a week are five, so four distances. */
const FIRST_RUN = 3;
const NEW_RUN = 4;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Watches the distances between bars: where another spacing begins, and bars that come before their time. */
export class StepWatch {
  #usual: number | undefined;
  #step = Number.NaN;
  #run = 0;

  /** The spacing so far; undefined until it has shown itself. */
  get usual(): number | undefined {
    return this.#usual;
  }

  /** Takes the next distance in milliseconds, positive; answers when it is odd. */
  add(step: number): OddStep | undefined {
    this.#run = step === this.#step ? this.#run + 1 : 1;
    this.#step = step;
    const usual = this.#usual;
    if (usual === undefined) {
      if (this.#run >= FIRST_RUN) this.#usual = step;
      return undefined;
    }
    if (step === usual) return undefined;
    if (this.#run >= NEW_RUN) {
      this.#usual = step;
      const found = `bars every ${intervalName(step)} from here on, every ${intervalName(usual)} before`;
      return { problem: "spacing-change", found };
    }
    if (step > usual || this.#run > 1 || isClockChange(step, usual)) return undefined;
    return {
      problem: "uneven-spacing",
      found: `${intervalName(step)} after the bar before, not ${intervalName(usual)}`,
    };
  }
}

/** Days of a local time are an hour shorter when the clocks are put forward. */
const isClockChange = (step: number, usual: number): boolean => usual >= DAY_MS && usual - step <= HOUR_MS;
