import { plannedCombinations } from "../backtest/sweep/plan-sweep.ts";
import type { SweepSpec } from "../backtest/sweep/sweep-spec.ts";
import { prepareSweep, type SweepSources } from "./prepare-sweep.ts";

/** What a sweep would do. */
export interface SweepEstimate {
  readonly trials: number;
  readonly barRuns: number;
  readonly secondsPerTrial: number;
}

/** Runs that an estimate makes. */
const SAMPLE = 12;

/** Times a few runs in one thread, and tells how long the whole would take. */
export async function estimateSweep(spec: SweepSpec, sources: SweepSources): Promise<SweepEstimate> {
  const { id, plan, data, calendar } = await prepareSweep(spec, sources);
  const combinations = plannedCombinations(plan);
  const trials = spec.method === "bayesian" ? spec.trials : combinations.length;
  const step = Math.max(1, Math.floor(combinations.length / SAMPLE));
  const sample = combinations.filter((_, i) => i % step === 0).slice(0, SAMPLE);
  const pool = sources.openPool({ id, spec, data, calendar });
  try {
    // The first one pays for the thread's start.
    await pool.run(
      sample.slice(0, 1).map((params) => ({ index: 0, params })),
      () => {},
    );
    const started = sources.clock.monotonic();
    await pool.run(
      sample.map((params, index) => ({ index, params })),
      () => {},
    );
    const seconds = (sources.clock.monotonic() - started) / 1000;
    const bars = data.reduce((sum, { columns }) => sum + columns.time.length, 0);
    return { trials, barRuns: trials * bars, secondsPerTrial: seconds / Math.max(1, sample.length) };
  } finally {
    await pool.close();
  }
}
