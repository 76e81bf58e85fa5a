import { type Clock, sleep } from "../../core/clock.ts";
import type { Job, JobState } from "../../ops/job.ts";
import type { Closable } from "../../ports/closable.ts";
import type { JobStore } from "../../ports/job-store.ts";
import { BACKTEST_DOCUMENTS, decodeCurve, decodeReport } from "../backtest-documents.ts";
import type { BacktestView } from "../desk-feed.ts";
import { keepTrying } from "./keep-trying.ts";
import type { DeskSender } from "./sender.ts";

export interface JobRecord extends Closable {
  readonly jobs: Pick<JobStore, "list" | "document">;
}

const POLL_MS = 1_000;
/** While no job waits or runs. */
const CALM_POLL_MS = 3_000;
/** Jobs that are shown, newest first. */
const SHOWN = 50;
/** Results that are read and kept: a curve is some thousand points, most of which no terminal can show. */
const MOST_RESULTS = 20;
const CURVE_POINTS = 600;

const STATES: Readonly<Record<JobState, BacktestView["state"]>> = {
  queued: "queued",
  running: "running",
  succeeded: "done",
  failed: "failed",
  dead: "failed",
  cancelled: "cancelled",
};

type Result = Pick<BacktestView, "trades" | "totalReturn" | "maxDrawdown" | "sharpe" | "equity">;

/** The newest backtest jobs as messages, with the results of those that are done. */
export function watchBacktests(
  open: () => Promise<JobRecord>,
  clock: Clock,
  send: DeskSender,
  signal: AbortSignal,
): Promise<void> {
  const attempt = async (): Promise<undefined> => {
    const record = await open();
    const results = new Map<string, Result>();
    let last = "";
    try {
      while (!signal.aborted) {
        const jobs = await record.jobs.list({ kinds: ["backtest"], limit: SHOWN });
        const done = jobs.filter(({ state }) => state === "succeeded");
        for (const job of done.slice(0, MOST_RESULTS)) await keepResult(results, job, record.jobs);
        const backtests = jobs.map((job) => viewOf(job, results.get(job.id)));
        const text = JSON.stringify(backtests);
        const at = clock.now();
        if (text === last) send({ topic: "backtests", kind: "heard", at });
        else send({ topic: "backtests", kind: "snapshot", at, backtests });
        last = text;
        const moving = jobs.some(({ state }) => state === "queued" || state === "running");
        await sleep(clock, moving ? POLL_MS : CALM_POLL_MS, signal);
      }
    } finally {
      await record.close();
    }
  };
  return keepTrying(clock, signal, attempt, (loss) =>
    send({ topic: "backtests", kind: "lost", at: clock.now(), ...loss }),
  );
}

/** Reads a result once. A result never changes; the oldest are forgotten. */
async function keepResult(results: Map<string, Result>, job: Job, jobs: JobRecord["jobs"]): Promise<void> {
  if (results.has(job.id)) return;
  if (results.size >= MOST_RESULTS) results.delete(results.keys().next().value!);
  const [report, curve] = await Promise.all([
    jobs.document(job.id, BACKTEST_DOCUMENTS.report),
    jobs.document(job.id, BACKTEST_DOCUMENTS.equity),
  ]);
  if (!report) return;
  const { stats, trades } = decodeReport(report.bytes);
  results.set(job.id, {
    trades: trades.length,
    totalReturn: stats.totalReturn,
    ...(stats.maxDrawdown !== null && { maxDrawdown: stats.maxDrawdown }),
    ...(stats.sharpe !== null && { sharpe: stats.sharpe }),
    ...(curve && { equity: thinned(decodeCurve(curve.bytes).equity) }),
  });
}

function viewOf(job: Job, result: Result | undefined): BacktestView {
  return {
    id: job.id,
    strategy: strategyOf(job.spec),
    state: STATES[job.state],
    submittedAt: job.createdAt,
    progress: job.state === "succeeded" ? 1 : job.progress,
    ...(job.finishedAt !== undefined && { finishedAt: job.finishedAt }),
    ...(job.failure && { error: job.failure.message }),
    ...result,
  };
}

function strategyOf(spec: unknown): string {
  const named = typeof spec === "object" && spec !== null && "strategy" in spec ? spec.strategy : undefined;
  return typeof named === "string" ? named : "?";
}

/** At most so many points that the ends and the shape stay. */
function thinned(equity: Float64Array): readonly number[] {
  if (equity.length <= CURVE_POINTS) return [...equity];
  return Array.from(
    { length: CURVE_POINTS },
    (_, index) => equity[Math.round((index * (equity.length - 1)) / (CURVE_POINTS - 1))]!,
  );
}
