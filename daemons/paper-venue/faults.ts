import type { Faults } from "../../src/trading/paper/wire.ts";

type Counted = {
  [Name in keyof Faults]-?: NonNullable<Faults[Name]> extends number ? Name : never;
}[keyof Faults];

/** The misbehaviour that is switched on at the moment. */
export class FaultPlan {
  #faults: Faults = {};

  get current(): Faults {
    return this.#faults;
  }

  /** Replaces what is named; the rest stays. */
  set(faults: Faults): void {
    this.#faults = { ...this.#faults, ...faults };
  }

  /** Uses up one of a counted fault. True when there was one left. */
  takes(name: Exclude<Counted, "acknowledgeAfterMs">): boolean {
    const left = this.#faults[name] ?? 0;
    if (left === 0) return false;
    this.#faults = { ...this.#faults, [name]: left - 1 };
    return true;
  }
}
