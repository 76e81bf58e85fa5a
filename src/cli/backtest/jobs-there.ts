import { decodeCurve, decodeReport } from "../../actions/backtest-documents.ts";
import type { WrittenReport } from "../../actions/report-run.ts";
import type { RunReport } from "../../backtest/run-report.ts";
import { isFinal, type Job } from "../../ops/job.ts";
import type { ApiWish } from "../../runtime/api-access.ts";
import { openBacktestService } from "../../runtime/backtest-service.ts";
import { loadConfig } from "../../runtime/config.ts";
import { openStackElsewhere } from "../../runtime/stack-elsewhere.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { openWorkbench } from "../../runtime/workbench.ts";
import { backtestSummary } from "../present/backtest-summary.ts";
import { jobRows } from "../present/jobs.ts";

/** A backtest that a stack was given, as its API shows it. */
export type BacktestJob = Omit<Job, "key" | "maxAttempts">;

export interface ShownJob {
  readonly job: BacktestJob;
  /** Undefined as long as it has not succeeded. */
  readonly report: RunReport | undefined;
}

export async function listThere(remote: ApiWish, limit: number) {
  const api = openStackElsewhere(await loadConfig(), remote);
  const { backtests } = await api.listBacktests({ limit });
  const jobs = backtests as readonly object[] as readonly BacktestJob[];
  return { jobs, lines: jobRows(jobs, systemClock.now()) };
}

export async function showThere(remote: ApiWish, id: string): Promise<ShownJob & { readonly lines: string[] }> {
  const config = await loadConfig();
  const service = openBacktestService(config, remote);
  const job = (await openStackElsewhere(config, remote).readBacktest({ id })) as object as BacktestJob;
  if (job.state !== "succeeded") return { job, report: undefined, lines: jobRows([job], systemClock.now()) };
  const [report, curve] = await Promise.all([service.report(id), service.equity(id)]);
  const decoded = decodeReport(report);
  return { job, report: decoded, lines: backtestSummary(decoded, decodeCurve(curve).equity) };
}

export async function cancelThere(remote: ApiWish, id: string, dryRun: boolean) {
  const service = openBacktestService(await loadConfig(), remote);
  const before = await service.find(id);
  const { state } = dryRun || isFinal(before.state) ? before : await service.cancel(id);
  return { id, state, cancelled: !dryRun && !isFinal(before.state) };
}

/** Keeps the page of a backtest as a file. */
export async function reportThere(remote: ApiWish, id: string, out: string | undefined): Promise<WrittenReport> {
  const api = openStackElsewhere(await loadConfig(), remote);
  const html = await (await api.request(`/api/backtest/${encodeURIComponent(id)}/report.html`)).text();
  const path = out ?? `${id}.html`;
  await openWorkbench().texts.write(path, html);
  return { id, path, bytes: Buffer.byteLength(html) };
}
