import type { Combination } from "../backtest/sweep/draw.ts";
import { nextCombinations, plannedCombinations } from "../backtest/sweep/plan-sweep.ts";
import type { SweepReport } from "../backtest/sweep/sweep-report.ts";
import type { SweepPlan, SweepSpec } from "../backtest/sweep/sweep-spec.ts";
import { ranked, scoreOf, type Trial } from "../backtest/sweep/trial.ts";
import { OperatorError } from "../core/errors.ts";
import { titleOf } from "./keep-run.ts";
import { prepareSweep, type SweepSources } from "./prepare-sweep.ts";
import { reportSweep, summaryOfSweep } from "./report-sweep.ts";

export interface SweepWatch {
  /** After every trial: how many are done, of how many that are known so far. */
  readonly onProgress?: (done: number, total: number, best: Trial | undefined) => void;
  readonly signal?: AbortSignal;
  /** Begins afresh although some of it has been done. */
  readonly fresh?: boolean;
}

/**
 * Runs a sweep to its end, going on where an earlier one of the same specification and data was interrupted. The
 * report is the same to the byte however often that happened and however many threads worked on it. When the signal
 * aborts or the sweep is cancelled, what is done is kept and OperatorError `SWEEP_INTERRUPTED` tells how to go on.
 */
export async function runSweep(spec: SweepSpec, sources: SweepSources, watch: SweepWatch = {}): Promise<SweepReport> {
  const { plan, data, calendar, facts, id } = await prepareSweep(spec, sources);
  const { runs, clock } = sources;
  const known = watch.fresh ? [] : await runs.readLines<Trial>(id, "trials");
  if (watch.fresh) await runs.remove(id);
  const createdAt = clock.now();
  const record = { id, kind: "sweep" as const, createdAt, title: `${titleOf(facts)}, ${spec.vary.join(" ")}`, spec };
  await runs.save({ ...record, status: "running", updatedAt: createdAt, summary: "" });

  const stop = stopSignal(id, sources, watch.signal);
  const pool = sources.openPool({ id, spec, data, calendar });
  const trials = new Map(known.map((trial) => [trial.index, trial]));
  let best = ranked(known, spec.objective, spec.minimize)[0];
  const keep = (trial: Trial, total: number): void => {
    trials.set(trial.index, trial);
    runs.appendLines(id, "trials", [trial]);
    if (better(trial, best, spec)) best = trial;
    watch.onProgress?.(trials.size, total, best);
  };
  try {
    let combinations = plannedCombinations(plan);
    const total = spec.method === "bayesian" ? spec.trials : combinations.length;
    for (
      let first = 0;
      combinations.length > 0 && !stop.signal.aborted;
      combinations = following(plan, trials, first)
    ) {
      const tasks = combinations.map((params, i) => ({ index: first + i, params }));
      first += tasks.length;
      const open = tasks.filter(({ index }) => !trials.has(index));
      await pool.run(open, (trial) => keep(trial, total), stop.signal);
    }
    if (stop.signal.aborted) {
      const status = runs.isCancelled(id) ? "cancelled" : "interrupted";
      await runs.save({ ...record, status, updatedAt: clock.now(), summary: `${trials.size} of ${total}` });
      throw interrupted(id, trials.size, total, status);
    }
  } finally {
    stop.end();
    await pool.close();
  }
  const report = await reportSweep({ spec, facts, calendar, id }, inOrder(trials), sources);
  await runs.writeDocument(id, "report", report);
  await runs.save({ ...record, status: "done", updatedAt: clock.now(), summary: summaryOfSweep(report) });
  return report;
}

/** How often a sweep asks whether it has been cancelled from elsewhere. */
const CANCEL_LOOK_MS = 500;

/** The Bayesian method's next batch, once the one before is complete; other methods have no next. */
function following(plan: SweepPlan, trials: ReadonlyMap<number, Trial>, first: number): Combination[] {
  const earlier = inOrder(trials).filter(({ index }) => index < first);
  return earlier.length === first ? nextCombinations(plan, earlier) : [];
}

const inOrder = (trials: ReadonlyMap<number, Trial>): Trial[] => [...trials.values()].sort((a, b) => a.index - b.index);

function better(trial: Trial, best: Trial | undefined, { objective, minimize }: SweepSpec): boolean {
  const score = scoreOf(trial, objective, minimize);
  if (score === undefined) return false;
  return best === undefined || score > (scoreOf(best, objective, minimize) ?? Number.NEGATIVE_INFINITY);
}

/** Aborts with the signal, or when the sweep is cancelled from elsewhere. */
function stopSignal(id: string, { runs, clock }: SweepSources, signal?: AbortSignal) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  const look = () => {
    if (runs.isCancelled(id)) abort();
    else cancelLook = clock.after(CANCEL_LOOK_MS, look);
  };
  let cancelLook = clock.after(CANCEL_LOOK_MS, look);
  return {
    signal: controller.signal,
    end() {
      cancelLook();
      signal?.removeEventListener("abort", abort);
    },
  };
}

function interrupted(id: string, done: number, total: number, how: "cancelled" | "interrupted"): OperatorError {
  return new OperatorError(`The sweep was ${how} after ${done} of ${total} runs; what is done is kept.`, {
    exit: "interrupted",
    code: "SWEEP_INTERRUPTED",
    found: id,
    hint: `ttt backtest resume ${id}`,
    retryable: true,
  });
}
