import { basename } from "node:path";
import { badBars } from "../backtest/data/data-error.ts";
import type { DatasetInfo } from "../backtest/data/dataset.ts";
import { type RepairReport, repairBars } from "../backtest/data/repair-bars.ts";
import type { BarFiles, ReadOptions, ReadSummary } from "../ports/bar-files.ts";
import type { BarStore } from "../ports/bar-store.ts";
import type { BarColumns } from "../trading/bar.ts";

export interface ImportRequest extends ReadOptions {
  readonly path: string;
  /** Name in the store; the file's name without its endings when left out. */
  readonly name?: string;
  /** Repairs what can be repaired instead of refusing the file. Takes memory for the whole file. */
  readonly repair?: boolean;
}

export interface ImportResult {
  readonly dataset: DatasetInfo;
  readonly file: ReadSummary;
  readonly repair?: RepairReport;
}

/** Brings a file of bars into the store: whole and checked, or not at all. Throws `badData` naming line and column. */
export async function importBars(
  request: ImportRequest,
  { bars, files }: { bars: BarStore; files: BarFiles },
): Promise<ImportResult> {
  const name = request.name ?? datasetName(request.path);
  const label = { name, synthetic: false, source: basename(request.path), timezone: request.timezone ?? "UTC" };
  if (request.repair) {
    const { columns, summary } = await files.read(request.path, { ...request, acceptErrors: true });
    const repaired = repairBars(columns);
    return { dataset: await saveBars(bars, label, repaired.columns), file: summary, repair: repaired.report };
  }
  const writer = await bars.begin(label);
  try {
    let failed = false;
    const file = await files.stream(request.path, request, (rows) => {
      failed ||= !ascends(rows.time, rows.count);
      if (!failed) writer.append(rows);
    });
    if (file.report.errors > 0) throw badBars(request.path, file.report);
    return { dataset: await writer.commit(), file };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Stores columns that are all there. */
export async function saveBars(
  bars: BarStore,
  label: Parameters<BarStore["begin"]>[0],
  columns: BarColumns,
): Promise<DatasetInfo> {
  const writer = await bars.begin(label);
  try {
    writer.append({ ...columns, count: columns.time.length });
    return await writer.commit();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** A file's name as the name of a dataset: `BTC USD 1m.csv.gz` becomes `btc-usd-1m`. */
export function datasetName(path: string): string {
  return basename(path)
    .replace(/(\.(csv|tsv|txt|parquet|pq|gz|zst))+$/i, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[^a-z0-9]+|-+$/g, "");
}

/** The store takes only ascending times; the checks of the file say afterwards what was wrong with the others. */
function ascends(time: Float64Array, count: number): boolean {
  for (let i = 1; i < count; i++) if (!(time[i]! > time[i - 1]!)) return false;
  return true;
}
