import { runPage } from "../backtest/html/run-page.ts";
import { sweepPage } from "../backtest/html/sweep-page.ts";
import type { RunRecord } from "../backtest/run-record.ts";
import type { RunReport } from "../backtest/run-report.ts";
import type { RunSpec } from "../backtest/run-spec.ts";
import type { SweepReport } from "../backtest/sweep/sweep-report.ts";
import { OperatorError } from "../core/errors.ts";
import type { RunStore } from "../ports/run-store.ts";
import type { TextFiles } from "../ports/text-files.ts";
import type { BarColumns } from "../trading/bar.ts";
import type { ReadableBars } from "./load-bars.ts";
import { loadInstruments } from "./run-backtest.ts";

export interface ReportSources extends ReadableBars {
  readonly runs: RunStore;
  readonly texts: TextFiles;
}

export interface WrittenReport {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
}

/** Writes the report of a kept run or sweep as one HTML file that opens offline. */
export async function reportRun(id: string, path: string | undefined, sources: ReportSources): Promise<WrittenReport> {
  const record = await sources.runs.find(id);
  const html = await pageOf(record, sources);
  const target = path ?? `${record.kind}-${record.id}.html`;
  await sources.texts.write(target, html);
  return { id: record.id, path: target, bytes: Buffer.byteLength(html) };
}

async function pageOf(record: RunRecord, sources: ReportSources): Promise<string> {
  const { runs } = sources;
  if (record.kind === "sweep") {
    const report = await runs.readDocument<SweepReport>(record.id, "report");
    if (report !== undefined) return sweepPage(report);
  }
  if (record.kind === "run") {
    const report = await runs.readDocument<RunReport>(record.id, "report");
    const curve = await runs.readCurve(record.id);
    if (report !== undefined && curve !== undefined) {
      return runPage({ report, ...curve, columns: await barsOf(record.spec as RunSpec, report, sources) });
    }
  }
  throw new OperatorError(`${record.id} has no result to report.`, {
    exit: "conflict",
    code: "RUN_UNFINISHED",
    expected: "a finished run or sweep",
    found: `${record.kind}, ${record.status}`,
    hint: record.kind === "sweep" ? `ttt backtest resume ${record.id}` : "ttt backtest list",
  });
}

/** The bars that the run saw, if they are still there and still the same. */
async function barsOf(spec: RunSpec, report: RunReport, sources: ReadableBars): Promise<BarColumns | undefined> {
  try {
    const [first] = await loadInstruments(spec, sources);
    return first!.data.hash === report.data[0]!.hash ? first!.market.columns : undefined;
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}
