import { createHash } from "node:crypto";
import type { Calendar } from "../backtest/data/calendar.ts";
import type { MarketData } from "../backtest/request.ts";
import type { StoredCurve } from "../backtest/run-record.ts";
import type { RunData, RunReport } from "../backtest/run-report.ts";
import { ENGINE_VERSION } from "../backtest/run-result.ts";
import type { Combination } from "../backtest/sweep/draw.ts";
import { planSweep } from "../backtest/sweep/plan-sweep.ts";
import type { SweepPlan, SweepSpec } from "../backtest/sweep/sweep-spec.ts";
import type { Clock } from "../core/clock.ts";
import type { RunStore } from "../ports/run-store.ts";
import type { TrialPool } from "../ports/trial-pool.ts";
import type { BarColumns } from "../trading/bar.ts";
import { type BacktestSources, loadInstruments } from "./run-backtest.ts";

export interface SweepSources extends BacktestSources {
  readonly runs: RunStore;
  readonly clock: Clock;
  /** Opens the threads for a strategy over some bars. */
  openPool(setup: SweepSetup): TrialPool;
  /** Runs one combination whole, for the statistics of the best. */
  runOne(params: Combination): Promise<{ readonly report: RunReport; readonly columns: BarColumns } & StoredCurve>;
}

export interface SweepSetup {
  readonly id: string;
  readonly spec: SweepSpec;
  readonly data: readonly MarketData[];
  readonly calendar: Calendar;
}

export interface SweepFacts {
  readonly strategy: string;
  readonly strategyHash: string;
  readonly data: readonly RunData[];
}

export interface PreparedSweep {
  readonly plan: SweepPlan;
  readonly data: readonly MarketData[];
  readonly calendar: Calendar;
  readonly facts: SweepFacts;
  /** Hash of all that decides the result: equal sweeps have equal ids, and go on from one another's trials. */
  readonly id: string;
}

/** Reads the space, the strategy and the bars of a sweep. Throws OperatorError for whatever is wrong with them. */
export async function prepareSweep(
  spec: SweepSpec,
  sources: Pick<SweepSources, "strategies" | "bars" | "files">,
): Promise<PreparedSweep> {
  const { strategy, hash = "built-in" } = await sources.strategies.load(spec.run.strategy, spec.run.source);
  const plan = planSweep(spec, strategy);
  const instruments = await loadInstruments(spec.run, sources);
  const data = instruments.map(({ market }) => market);
  const facts: SweepFacts = { strategy: strategy.name, strategyHash: hash, data: instruments.map((one) => one.data) };
  const { run, ...method } = spec;
  const { params, options, calendar, benchmark } = run;
  const deciding = { ...facts, ...method, params, options, engineVersion: ENGINE_VERSION, calendar, benchmark };
  const id = createHash("sha256").update(JSON.stringify(deciding)).digest("hex").slice(0, 12);
  return { plan, data, calendar: instruments[0]!.calendar, facts, id };
}
