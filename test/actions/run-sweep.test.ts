import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateBars } from "../../src/actions/generate-bars.ts";
import type { SweepSources } from "../../src/actions/prepare-sweep.ts";
import { resumableSweep } from "../../src/actions/resumable-sweep.ts";
import { runBacktest } from "../../src/actions/run-backtest.ts";
import { runSweep } from "../../src/actions/run-sweep.ts";
import type { SweepSpec } from "../../src/backtest/sweep/sweep-spec.ts";
import { isDone } from "../../src/backtest/sweep/trial.ts";
import { sweepSources } from "../../src/cli/backtest/sweep-sources.ts";
import { openWorkbench, type Workbench } from "../../src/runtime/workbench.ts";
import { defineStrategy } from "../../src/strategy/define-strategy.ts";
import { integer } from "../../src/strategy/params.ts";

let home: string;
let workbench: Workbench;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "ttt-sweep-"));
  process.env.TTT_HOME = home;
  workbench = openWorkbench();
  await generateBars("demo", { bars: 3000, intervalMs: 3_600_000, seed: 4 }, workbench.bars);
});
afterEach(() => {
  delete process.env.TTT_HOME;
  rmSync(home, { recursive: true });
});

const spec = (more: Partial<SweepSpec> = {}): SweepSpec => ({
  run: {
    strategy: "sma-cross",
    params: { units: 1 },
    data: [{ ref: "demo" }],
    options: { cash: 10_000, commission: 0.001 },
    convention: "ttt",
  },
  vary: ["fast=2..12", "slow=10..40:5"],
  method: "grid",
  trials: 40,
  seed: 1,
  objective: "sharpe",
  minimize: false,
  ...more,
});

const withJobs = (one: SweepSpec, jobs: number, stallMs = 10_000): SweepSources =>
  sweepSources(one, workbench, { jobs, stallMs });

describe.each(["grid", "bayesian"] as const)("%s", (method) => {
  test("one thread, two threads, and interrupted and resumed give the same bytes", async () => {
    const one = spec({ method });
    const whole = JSON.stringify(await runSweep(one, withJobs(one, 1)));
    expect(JSON.stringify(await runSweep(one, withJobs(one, 2), { fresh: true }))).toBe(whole);

    const { id } = JSON.parse(whole);
    await workbench.runs.remove(id);
    const stop = new AbortController();
    const onProgress = (done: number) => done >= 7 && stop.abort();
    const interrupted = runSweep(one, withJobs(one, 2), { signal: stop.signal, onProgress });
    await expect(interrupted).rejects.toMatchObject({ details: { exit: "interrupted", found: id } });
    expect((await workbench.runs.find(id)).status).toBe("interrupted");
    expect((await workbench.runs.readLines(id, "trials")).length).toBeGreaterThanOrEqual(7);
    const resumed = await runSweep(await resumableSweep(id, workbench), withJobs(one, 2));
    expect(JSON.stringify(resumed)).toBe(whole);
    expect(await workbench.runs.find(id)).toMatchObject({ status: "done", kind: "sweep" });
  });
});

test("each trial is what a run of its own gives", async () => {
  const one = spec({ vary: ["fast=2,5", "slow=20,30"] });
  const { trials, best } = await runSweep(one, withJobs(one, 1));
  for (const trial of trials) {
    const { report } = await runBacktest({ ...one.run, params: { ...one.run.params, ...trial.params } }, workbench);
    const { stats } = report;
    if (!isDone(trial)) throw new Error(trial.error.message);
    for (const name of [
      "finalEquity",
      "sharpe",
      "sortino",
      "calmar",
      "maxDrawdown",
      "winRate",
      "profitFactor",
      "sqn",
    ] as const) {
      if (stats[name] === null) expect(trial[name]).toBeNull();
      else expect(trial[name]).toBeCloseTo(stats[name], 9);
    }
    expect(trial.trades).toBe(stats.trades);
  }
  const sharpes = trials.map((trial) => (isDone(trial) ? trial.sharpe! : Number.NaN));
  expect(best!.stats.sharpe).toBeCloseTo(Math.max(...sharpes), 9);
  expect(best!.stats.trials).toBe(4);
  expect(best!.stats.deflatedSharpe!).toBeLessThan(best!.stats.probabilisticSharpe!);
});

test("combinations that the constraint or the strategy itself refuses are not tried", async () => {
  const one = spec({ vary: ["fast=5..30:5", "slow=10..30:10"], constraint: "slow / fast >= 2" });
  const { trials } = await runSweep(one, withJobs(one, 1));
  expect(trials.map(({ params }) => `${params.fast}/${params.slow}`)).toEqual([
    "5/10",
    "5/20",
    "5/30",
    "10/20",
    "10/30",
    "15/30",
  ]);
});

test("a trial that throws or never ends fails alone; the others are kept", async () => {
  const file = join(home, "moody.ts");
  writeFileSync(
    file,
    `import { defineStrategy, integer, sma } from "ttt/strategy";
export default defineStrategy({
  name: "moody",
  params: { n: integer(2) },
  setup({ bars, params }) {
    const mean = sma(bars.close, 5);
    return (bar, broker) => {
      if (params.n === 3 && bar.index === 50) throw new Error("three is too many");
      if (params.n === 5) while (bar.index === 60);
      if (broker.position.isFlat && bar.close > mean.now) broker.buy({ size: 1, tp: bar.close * 1.001 });
    };
  },
});
`,
  );
  const one = spec({ run: { ...spec().run, strategy: file, params: {} }, vary: ["n=1..8"] });
  // The threads load the file; here, for planning, its parameters will do.
  const strategy = defineStrategy({ name: "moody", params: { n: integer(2) }, setup: () => () => {} });
  const strategies = { ...workbench.strategies, load: async () => ({ strategy, path: file, hash: "moody" }) };
  const report = await runSweep(one, { ...withJobs(one, 2, 500), strategies });
  expect([report.done, report.failed]).toEqual([6, 2]);
  expect(report.trials.filter((trial) => !isDone(trial))).toMatchObject([
    { params: { n: 3 }, error: { code: "STRATEGY_THREW", message: expect.stringContaining("at bar 50") } },
    { params: { n: 5 }, error: { code: "STRATEGY_STUCK", message: expect.stringContaining("at bar 60") } },
  ]);
});

test("a sweep that is cancelled from elsewhere stops and says so", async () => {
  const one = spec({ vary: ["fast=2..200", "slow=201..400"] });
  let cancelled = false;
  const running = runSweep(one, withJobs(one, 1), {
    onProgress() {
      if (cancelled) return;
      cancelled = true;
      void workbench.runs.list().then(([record]) => workbench.runs.cancel(record!.id));
    },
  });
  await expect(running).rejects.toThrow(/cancelled after \d+ of 39800/);
  expect((await workbench.runs.list())[0]!.status).toBe("cancelled");
});

test("bars that have changed cannot be resumed on", async () => {
  const one = spec();
  const stop = new AbortController();
  const run = runSweep(one, withJobs(one, 1), { signal: stop.signal, onProgress: () => stop.abort() });
  await expect(run).rejects.toThrow(/interrupted/);
  const [record] = await workbench.runs.list();
  await generateBars("demo", { bars: 3000, seed: 5 }, workbench.bars);
  await expect(resumableSweep(record!.id, workbench)).rejects.toMatchObject({ details: { code: "DATA_CHANGED" } });
});
