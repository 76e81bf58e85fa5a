import { describe, expect, test } from "vitest";
import { simulate } from "./simulate.ts";

/** A fixed set: the same seeds every time, within the time that a test run has. `npm run simulate` goes on from there. */
const SEEDS = 120;
const TWICE = [1, 7, 42, 99, 1_000];

describe("simulation", () => {
  test("KS-36 OL-08 RC-03 no seed breaks an invariant, and every kind of thing happens", { timeout: 120_000 }, () => {
    const totals = { writes: 0, fills: 0, epochs: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violation, writes, fills, epochs } = simulate(seed);
      expect(violation, `npm run simulate -- --seed ${seed}`).toBeUndefined();
      totals.writes += writes;
      totals.fills += fills;
      totals.epochs += epochs;
    }
    expect(totals.writes).toBeGreaterThan(SEEDS * 10);
    expect(totals.fills).toBeGreaterThan(SEEDS * 5);
    expect(totals.epochs).toBeGreaterThan(SEEDS * 3);
  });

  test.each(TWICE)("seed %i gives the same history twice, to the last event", (seed) => {
    const first = simulate(seed);
    expect(simulate(seed).hash).toBe(first.hash);
    expect(simulate(seed + 1).hash).not.toBe(first.hash);
  });
});
