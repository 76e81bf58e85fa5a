import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generateBars } from "../../src/actions/generate-bars.ts";
import { runBacktest } from "../../src/actions/run-backtest.ts";
import { runWalkForward } from "../../src/actions/run-walk-forward.ts";
import type { SweepSpec } from "../../src/backtest/sweep/sweep-spec.ts";
import { walkSources } from "../../src/cli/backtest/sweep-sources.ts";
import { openWorkbench, type Workbench } from "../../src/runtime/workbench.ts";

let home: string;
let workbench: Workbench;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "ttt-walk-"));
  process.env.TTT_HOME = home;
  workbench = openWorkbench();
  await generateBars("demo", { bars: 1100, intervalMs: 86_400_000, seed: 9 }, workbench.bars);
});
afterEach(() => {
  delete process.env.TTT_HOME;
  rmSync(home, { recursive: true });
});

test("each test trades the best of its training, warmed up, on what the test before left, and the tests make one run", async () => {
  const spec: SweepSpec = {
    run: {
      strategy: "sma-cross",
      params: {},
      data: [{ ref: "demo" }],
      options: { commission: 0.001 },
      convention: "ttt",
    },
    vary: ["fast=3..9:3", "slow=20,40"],
    method: "grid",
    trials: 0,
    seed: 1,
    objective: "totalReturn",
    minimize: false,
  };
  const walk = { train: 500, test: 200, anchored: false };
  const report = await runWalkForward(spec, walk, walkSources(spec, workbench, { jobs: 1, stallMs: 10_000 }));
  expect(report.folds).toHaveLength(3);
  expect(report.equity).toHaveLength(600);
  expect(report.stats).toMatchObject({
    bars: 600,
    initialEquity: 10_000,
    finalEquity: report.equity.at(-1),
    openTrades: 0,
  });

  for (const { trainFrom, testFrom, params } of report.folds) {
    const trained = async (one: object) =>
      (await runBacktest({ ...spec.run, params: { ...one }, from: trainFrom, to: testFrom }, workbench)).report.stats
        .totalReturn;
    const returns = [];
    for (const fast of [3, 6, 9]) for (const slow of [20, 40]) returns.push(await trained({ fast, slow }));
    expect(await trained(params)).toBe(Math.max(...returns));
  }
  const again = await runWalkForward(spec, walk, walkSources(spec, workbench, { jobs: 2, stallMs: 10_000 }));
  expect(JSON.stringify(again)).toBe(JSON.stringify(report));
});
