import { createHash } from "node:crypto";
import { checkInstruments, checkSpec } from "../backtest/check-spec.ts";
import type { RunSpec } from "../backtest/run-spec.ts";
import { settledOptions } from "../backtest/settled-options.ts";
import { parseSharedBars, type SharedBars, sharedBarsRef } from "../backtest/shared-bars.ts";
import { OperatorError, OutageError } from "../core/errors.ts";
import type { Job } from "../ops/job.ts";
import type { BarStore } from "../ports/bar-store.ts";
import type { BarVault } from "../ports/bar-vault.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { JobRequest, JobStore } from "../ports/job-store.ts";
import { type AnyStrategy, strategyParams } from "../strategy/define-strategy.ts";
import type { Level } from "../trading/level.ts";
import { admitJob, JOB_REACH } from "./admit-job.ts";
import { withDayZone } from "./day-zone.ts";
import { symbolOf } from "./load-bars.ts";

export interface BacktestDesk {
  readonly jobs: JobStore;
  readonly queue: JobQueue;
  readonly vault: BarVault;
  /** Datasets by name. */
  readonly bars: Pick<BarStore, "find" | "read">;
  /** Strategies that may run here, by name. Nothing that a caller sends is ever run. */
  readonly strategies: ReadonlyMap<string, AnyStrategy>;
  /** Names the code that will run: results of other code are other results. */
  readonly buildHash: string;
  /** The trading level, for jobs that can reach live resources; without it such jobs are refused. */
  readonly level?: () => Promise<Level>;
}

export type Submitter = Pick<JobRequest, "submittedBy" | "priority" | "traceparent">;

/**
 * Takes in a backtest as a job. Everything that can be known to be wrong is refused now, with an OperatorError; the
 * bars are put where every backtester finds them; and equal work that is waiting, running or done is not done again.
 */
export async function acceptBacktest(
  spec: RunSpec,
  submitter: Submitter,
  desk: BacktestDesk,
): Promise<{ readonly job: Job; readonly created: boolean }> {
  await admitJob(JOB_REACH.backtest, desk.level);
  const complete = await completeSpec(spec, desk);
  const key = jobKey(complete, desk.buildHash);
  const submitted = await desk.jobs.submit({ kind: "backtest", key, spec: complete, ...submitter });
  if (submitted.created) await ringQuietly(desk.queue);
  return submitted;
}

/** The same specification with every name resolved: parameters, options, symbols, and bars by their hash. */
async function completeSpec(spec: RunSpec, desk: BacktestDesk): Promise<RunSpec> {
  const params = { ...strategyParams(registeredStrategy(spec, desk), spec.params) };
  const data = await completeData(spec, desk);
  const options = settledOptions((await withDayZone(spec, desk.bars)).options);
  checkTime(spec);
  checkOptions(options, data);
  if (spec.benchmark === undefined) return { ...spec, params, options, data };
  const [benchmark] = await completeData({ data: [spec.benchmark] }, desk);
  return { ...spec, params, options, data, benchmark };
}

/** What would fail at the first bar is refused before it waits in a queue. */
export function checkOptions(options: RunSpec["options"], data: RunSpec["data"]): void {
  const symbols = data.map(symbolOf);
  checkInstruments(options, symbols);
  checkSpec(
    options,
    symbols.map((symbol) => ({ symbol })),
  );
}

function checkTime({ from, to }: RunSpec): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new OperatorError("The time asked for ends before it begins.", {
    exit: "usage",
    code: "SPEC_INVALID",
    expected: "from below to, milliseconds since the epoch",
    found: `${from} to ${to}`,
  });
}

/** The strategy of a specification that was sent. Throws OperatorError for one that is not registered here. */
export function registeredStrategy({ strategy, source }: RunSpec, { strategies }: BacktestDesk): AnyStrategy {
  if (source !== undefined) throw refusedSource();
  const found = strategies.get(strategy);
  if (!found) throw unknownStrategy(strategy, strategies);
  return found;
}

/** The data of a specification with symbols resolved, and bars by their hash, of which the vault has every one. */
export async function completeData(spec: Pick<RunSpec, "data">, desk: BacktestDesk): Promise<RunSpec["data"]> {
  const data = [];
  for (const one of spec.data) {
    const bars = await shareBars(one.ref, one.hash, desk);
    data.push({
      ref: sharedBarsRef(bars),
      symbol: symbolOf(one),
      hash: bars.hash,
      ...(one.finer !== undefined && { finer: sharedBarsRef(await shareBars(one.finer, undefined, desk)) }),
    });
  }
  return data;
}

/** Makes sure that the vault has the bars. A dataset's name is looked up here; a path is never followed. */
async function shareBars(ref: string, wanted: string | undefined, { vault, bars }: BacktestDesk): Promise<SharedBars> {
  const shared = parseSharedBars(ref);
  if (shared) {
    if (wanted !== undefined && wanted !== shared.hash) throw otherBars(ref, wanted, shared.hash);
    if (await vault.has(shared.hash)) return shared;
    throw unknownBars(ref, "Send them first: PUT /v1/bars/HASH");
  }
  const info = await bars.find(ref);
  if (!info) throw unknownBars(ref, "ttt data list");
  if (wanted !== undefined && wanted !== info.hash) throw otherBars(ref, wanted, info.hash);
  if (!(await vault.has(info.hash))) {
    const dataset = await bars.read(ref);
    if (dataset?.info.hash !== info.hash) throw otherBars(ref, info.hash, dataset?.info.hash ?? "nothing");
    await vault.put(info.hash, { columns: dataset.columns, name: ref });
  }
  return { hash: info.hash, synthetic: info.synthetic };
}

/** Hash of specification, data, strategy and engine. The build stands for the code of both. */
function jobKey(spec: RunSpec, buildHash: string): string {
  const { strategy, params, data, from, to, options, convention, calendar, benchmark } = spec;
  const facts = { buildHash, strategy, params, data, from, to, options, convention, calendar, benchmark };
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

/** A bell that is broken costs time, not the job: idle backtesters look into the store by themselves. */
export async function ringQuietly(queue: JobQueue): Promise<void> {
  try {
    await queue.ring();
  } catch (error) {
    if (!(error instanceof OutageError)) throw error;
  }
}

function refusedSource(): OperatorError {
  return new OperatorError("A backtest that is sent may not bring code: only registered strategies run here.", {
    exit: "refused",
    code: "STRATEGY_SENT",
    expected: "the name of a registered strategy",
    hint: "Run it in your own process: ttt backtest run FILE",
  });
}

function unknownStrategy(name: string, known: ReadonlyMap<string, unknown>): OperatorError {
  return new OperatorError(`There is no registered strategy ${name}.`, {
    exit: "notFound",
    code: "STRATEGY_UNKNOWN",
    expected: [...known.keys()].join(", "),
    found: name,
  });
}

function unknownBars(ref: string, hint: string): OperatorError {
  return new OperatorError(`There are no bars ${ref} here.`, {
    exit: "notFound",
    code: "BARS_UNKNOWN",
    expected: "the name of a dataset, or sha256:HASH of bars that were sent",
    found: ref,
    hint,
  });
}

function otherBars(ref: string, expected: string, found: string): OperatorError {
  return new OperatorError(`${ref} holds other bars than were meant.`, {
    exit: "conflict",
    code: "DATA_CHANGED",
    expected: `bars with hash ${expected}`,
    found,
  });
}
