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
  const format = formatOf(path);
  const { id, kind } = await sources.runs.find(request.id);
  const report = await sources.runs.readDocument<RunReport | SweepReport>(id, "report");
  if (report === undefined) throw nothing(id, "result");
  if (request.part === undefined && format === "json") {
    await sources.texts.write(path, `${JSON.stringify(report, null, 2)}\n`);
    return { id, part: "report", path, rows: 1 };
  }
  const part = request.part ?? (kind === "sweep" ? "trials" : "trades");
  const table = tableOf(part, report, await sources.runs.readCurve(id));
  if (table === undefined) throw nothing(id, part);
  await writeTable(path, format, table, sources);
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

const ENDINGS = { csv: /\.csv$/i, json: /\.json$/i, parquet: /\.(parquet|pq)$/i } as const;
type Format = keyof typeof ENDINGS;

/** The format that the ending names. Throws OperatorError `FORMAT_UNKNOWN` for any other ending. */
function formatOf(path: string): Format {
  const format = (Object.keys(ENDINGS) as Format[]).find((one) => ENDINGS[one].test(path));
  if (format !== undefined) return format;
  throw new OperatorError(`${path} does not say what to write.`, {
    exit: "usage",
    code: "FORMAT_UNKNOWN",
    expected: "a file that ends in .csv, .json, .parquet or .pq",
    found: path,
  });
}

function writeTable(
  path: string,
  format: Format,
  table: Table,
  { texts, tables }: { readonly texts: TextFiles; readonly tables: TableFiles },
): Promise<void> {
  if (format === "parquet") return tables.writeParquet(path, table);
  return texts.write(path, format === "json" ? `${JSON.stringify(table.columns, null, 2)}\n` : csvOf(table));
}

function nothing(id: string, what: string): OperatorError {
  return new OperatorError(`${id} has no ${what}.`, { exit: "notFound", code: "NOTHING_TO_EXPORT", found: what });
}
