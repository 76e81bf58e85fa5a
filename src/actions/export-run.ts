import type { StoredCurve } from "../backtest/run-record.ts";
import type { RunReport } from "../backtest/run-report.ts";
import type { SweepReport } from "../backtest/sweep/sweep-report.ts";
import { csvOf, equityTable, type Table, tradesTable, trialsTable } from "../backtest/tables.ts";
import { OperatorError } from "../core/errors.ts";
import type { RunStore } from "../ports/run-store.ts";
import type { TableFiles } from "../ports/table-files.ts";
import type { TextFiles } from "../ports/text-files.ts";

export type ExportedPart = "trades" | "equity" | "trials";

export interface ExportedRun {
  readonly id: string;
  readonly part: ExportedPart | "report";
  readonly path: string;
  readonly rows: number;
}

/** Writes a part of a kept run: as CSV, JSON or Parquet by the ending of the path. JSON without a part is the whole report. */
export async function exportRun(
  request: { readonly id: string; readonly path: string; readonly part?: ExportedPart },
  sources: { readonly runs: RunStore; readonly texts: TextFiles; readonly tables: TableFiles },
): Promise<ExportedRun> {
  const { path } = request;
  const { id, kind } = await sources.runs.find(request.id);
  const report = await sources.runs.readDocument<RunReport | SweepReport>(id, "report");
  if (report === undefined) throw nothing(id, "result");
  if (request.part === undefined && path.endsWith(".json")) {
    await sources.texts.write(path, `${JSON.stringify(report, null, 2)}\n`);
    return { id, part: "report", path, rows: 1 };
  }
  const part = request.part ?? (kind === "sweep" ? "trials" : "trades");
  const table = tableOf(part, report, await sources.runs.readCurve(id));
  if (table === undefined) throw nothing(id, part);
  await writeTable(path, table, sources);
  return { id, part, path, rows: table.rows };
}

function tableOf(
  part: ExportedPart,
  report: RunReport | SweepReport,
  curve: StoredCurve | undefined,
): Table | undefined {
  if (part === "trials") return "trials" in report ? trialsTable(report.trials) : undefined;
  if (part === "trades") return "trades" in report ? tradesTable(report.trades) : undefined;
  return curve && equityTable(curve);
}

function writeTable(
  path: string,
  table: Table,
  { texts, tables }: { readonly texts: TextFiles; readonly tables: TableFiles },
): Promise<void> {
  if (/\.(parquet|pq)$/.test(path)) return tables.writeParquet(path, table);
  if (path.endsWith(".json")) return texts.write(path, `${JSON.stringify(table.columns, null, 2)}\n`);
  return texts.write(path, csvOf(table));
}

function nothing(id: string, what: string): OperatorError {
  return new OperatorError(`${id} has no ${what}.`, { exit: "notFound", code: "NOTHING_TO_EXPORT", found: what });
}
