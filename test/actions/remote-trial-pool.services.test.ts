import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RemoteTrialPool } from "../../src/actions/remote-trial-pool.ts";
import { hashOfBars } from "../../src/adapters/files/bar-hash.ts";
import { apiClient } from "../../src/adapters/http/api-client.ts";
import { runSpecSchema } from "../../src/backtest/run-spec.ts";
import { sharedBarsRef } from "../../src/backtest/shared-bars.ts";
import type { Trial } from "../../src/backtest/sweep/trial.ts";
import { openStrategies } from "../../src/runtime/workbench.ts";
import { BUILT_IN_STRATEGIES } from "../../src/strategy/builtin/index.ts";
import { OWNER_TOKEN, startApi, type TestApi } from "../support/api.ts";
import { startBacktester, type TestBacktester } from "../support/backtester.ts";
import { livelyBars } from "../support/market-bars.ts";
import { migratedDatabase } from "../support/servers/shared.ts";
import { until } from "../support/until.ts";

const FAULTY = join(import.meta.dirname, "../support/strategies/faulty.ts");
const columns = livelyBars(2_000);
const hash = hashOfBars(columns);

describe("sweeps on a stack's backtesters", () => {
  let api: TestApi;
  let backtesters: TestBacktester[];

  beforeAll(async () => {
    const database = await migratedDatabase();
    const { strategy } = await openStrategies().load(FAULTY);
    api = await startApi(database, { strategies: new Map([...BUILT_IN_STRATEGIES, [FAULTY, strategy]]) });
    await api.vault.put(hash, { columns, name: "test" });
    const start = (owner: string) => startBacktester(database, { owner, heapMb: 64 });
    backtesters = await Promise.all([start("first"), start("second")]);
  });
  afterAll(async () => {
    await Promise.all(backtesters.map((one) => one.close()));
    await api.close();
  });

  const poolOf = (strategy: string, sweep: string) => {
    const data = [{ ref: sharedBarsRef({ hash, synthetic: true }), symbol: "BTC" }];
    const service = apiClient({ url: api.url, token: OWNER_TOKEN });
    return new RemoteTrialPool({ run: runSpecSchema.parse({ strategy, data }), sweep, service });
  };
  const ofSweep = (group: string) => api.jobs.list({ group, limit: 1000 });

  test("a shard that fails as a whole is halved until the one run is found that does; the others are kept", async () => {
    const faults = ["throw", "throw", "throw", "memory", "throw", "throw", "throw", "throw"];
    const tasks = faults.map((fault, index) => ({ index, params: { fault, at: index } }));
    const trials: Trial[] = [];
    await poolOf(FAULTY, "aaaaaaaaaaaa").run(tasks, (trial) => trials.push(trial));
    const failures = trials.sort((a, b) => a.index - b.index).map((one) => ("error" in one ? one.error.code : "none"));
    expect(failures).toEqual(faults.map((fault) => (fault === "memory" ? "JOB_OUT_OF_MEMORY" : "STRATEGY_THREW")));
    expect((await ofSweep("aaaaaaaaaaaa")).map(({ state }) => state)).toContain("failed");
  });

  test("both backtesters take part, and a sweep that is interrupted leaves nothing behind", async () => {
    const stop = new AbortController();
    const tasks = Array.from({ length: 12 }, (_, index) => ({ index, params: { fault: "slow", at: index } }));
    const running = poolOf(FAULTY, "bbbbbbbbbbbb").run(tasks, () => {}, stop.signal);
    await until("two owners", async () => {
      const owners = (await ofSweep("bbbbbbbbbbbb")).flatMap(({ owner, state }) =>
        state === "running" ? [owner] : [],
      );
      return new Set(owners).size === 2;
    });
    stop.abort();
    await running;
    await until("the end of every shard", async () =>
      (await ofSweep("bbbbbbbbbbbb")).every(({ state }) => state === "cancelled"),
    );
  });

  test("equal shards are done once, whoever sends them", async () => {
    const tasks = [5, 6, 7, 8].map((fast, index) => ({ index, params: { fast } }));
    const run = async () => {
      const trials: Trial[] = [];
      await poolOf("sma-cross", "cccccccccccc").run(tasks, (trial) => trials.push(trial));
      return trials.sort((a, b) => a.index - b.index);
    };
    const first = await run();
    expect(first.map((one) => "error" in one)).toEqual([false, false, false, false]);
    expect(await run()).toEqual(first);
    expect(await ofSweep("cccccccccccc")).toHaveLength(4);
  });
});
