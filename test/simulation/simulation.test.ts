import { describe, expect, test } from "vitest";
import { type RunResult, simulate, simulateWorkers } from "./simulate.ts";

/** Fixed sets: the same seeds every time, within the time that a test run has. `npm run simulate` goes on from there. */
const SESSION_SEEDS = 100;
const WORKER_SEEDS = 25;

describe("simulation", () => {
  test("KS-36 OL-08 RC-03 bare sessions keep every invariant, and every kind of thing happens", {
    timeout: 180_000,
  }, async () => {
    await keepInvariants(SESSION_SEEDS, simulate, "");
  });

  test("KS-36 OL-08 RC-03 the worker's own code keeps every invariant", { timeout: 180_000 }, async () => {
    await keepInvariants(WORKER_SEEDS, simulateWorkers, " --workers");
  });

  test.each([1, 42, 1_000])(
    "seed %i gives the same history twice, to the last event",
    { timeout: 60_000 },
    async (seed) => {
      for (const run of [simulate, simulateWorkers]) {
        const first = await run(seed);
        expect((await run(seed)).hash).toBe(first.hash);
        expect((await run(seed + 1)).hash).not.toBe(first.hash);
      }
    },
  );
});

async function keepInvariants(
  seeds: number,
  run: (seed: number) => RunResult | Promise<RunResult>,
  flag: string,
): Promise<void> {
  const totals = { writes: 0, fills: 0, epochs: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const { violation, writes, fills, epochs } = await run(seed);
    expect(violation, `npm run simulate -- --seed ${seed}${flag}`).toBeUndefined();
    totals.writes += writes;
    totals.fills += fills;
    totals.epochs += epochs;
  }
  expect(totals.writes).toBeGreaterThan(seeds * 10);
  expect(totals.fills).toBeGreaterThan(seeds * 5);
  expect(totals.epochs).toBeGreaterThan(seeds * 3);
}
