import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { runBacktest } from "../../src/backtest/run.ts";
import { combinationsOf } from "../../src/backtest/sweep.ts";
import { SWEEP_FIELDS } from "../../src/backtest/sweep-measures.ts";
import { runSweepThreads, shareColumns, type ThreadedSweep } from "../../src/runtime/sweep-threads.ts";
import { smaCross } from "../../src/strategy/builtin/sma-cross.ts";
import { randomBars } from "../support/bars.ts";

const columns = shareColumns(randomBars(2000, 3));
const combinations = combinationsOf(smaCross, { fast: [5, 10, 20, 40], slow: [20, 30, 60] });
const moody = join(import.meta.dirname, "../support/strategies/moody.ts");

const sweep: ThreadedSweep = {
  strategy: "sma-cross",
  data: [{ symbol: "X", columns }],
  spec: { commission: 0.001 },
  fields: SWEEP_FIELDS,
  combinations,
  threads: 1,
  stallMs: 60_000,
};

test("a grid leaves out what the strategy objects to, the last parameter changing fastest", () => {
  expect(combinations.map(({ fast, slow }) => [fast, slow])).toEqual([
    [5, 20],
    [5, 30],
    [5, 60],
    [10, 20],
    [10, 30],
    [10, 60],
    [20, 30],
    [20, 60],
    [40, 60],
  ]);
});

test("BP-03 two threads give the same bytes as one, and as single runs", async () => {
  const one = await runSweepThreads(sweep, systemClock);
  const two = await runSweepThreads({ ...sweep, threads: 2 }, systemClock);
  expect(two).toEqual(one);
  expect(one.failures.size).toBe(0);
  for (const [index, params] of combinations.entries()) {
    const single = runBacktest({ strategy: smaCross, params, data: sweep.data, spec: sweep.spec });
    expect(one.rows[index * SWEEP_FIELDS.length]).toBe(single.finalEquity);
    expect(one.rows[index * SWEEP_FIELDS.length + 2]).toBe(single.trades.length);
  }
});

test("only what is still to do is run", async () => {
  const { done } = await runSweepThreads({ ...sweep, todo: [1, 8] }, systemClock);
  expect([...done]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 1]);
});

test("runs that throw, hang or order nonsense fail by name, and the others are kept", async () => {
  const periods = [11, 13, 17, 19, 23];
  const { done, failures } = await runSweepThreads(
    { ...sweep, strategy: moody, combinations: periods.map((period) => ({ period })), threads: 2, stallMs: 1500 },
    systemClock,
  );
  expect([...done]).toEqual([1, 0, 0, 0, 1]);
  expect([...failures].sort(([a], [b]) => a - b).map(([index, { details }]) => [index, details?.code])).toEqual([
    [1, "STRATEGY_THREW"],
    [2, "STRATEGY_STUCK"],
    [3, "SIZE_INVALID"],
  ]);
  expect(failures.get(1)?.message).toMatch(/bad luck/);
  expect(failures.get(1)?.message).toMatch(/at bar 50 /);
});

test("an aborted sweep keeps what is done", async () => {
  const stop = new AbortController();
  const result = await runSweepThreads(
    {
      ...sweep,
      strategy: moody,
      combinations: [{ period: 11 }, { period: 17 }],
      signal: stop.signal,
      onProgress: (done) => done >= 1 && stop.abort(),
    },
    systemClock,
  );
  expect([...result.done]).toEqual([1, 0]);
  expect(result.failures.size).toBe(0);
});

test("a strategy that is not there fails the sweep", async () => {
  await expect(runSweepThreads({ ...sweep, strategy: "no-such" }, systemClock)).rejects.toThrow(/no strategy no-such/);
});
