import { sliceByTime } from "../backtest/data/slice-bars.ts";
import { OperatorError } from "../core/errors.ts";
import { type BarSources, loadBars } from "./load-bars.ts";

export interface ExportedBars {
  readonly path: string;
  readonly rows: number;
}

/** Writes bars to a file, in the format that its ending names. Throws OperatorError `FORMAT_UNKNOWN` for another. */
export async function exportBars(
  request: { readonly ref: string; readonly path: string; readonly from?: number; readonly to?: number },
  sources: BarSources,
): Promise<ExportedBars> {
  if (!/\.(csv|csv\.gz|parquet|pq)$/i.test(request.path)) throw unknownFormat(request.path);
  const { columns } = await loadBars({ ref: request.ref }, sources);
  const chosen = sliceByTime(columns, request.from, request.to);
  await sources.files.write(request.path, chosen);
  return { path: request.path, rows: chosen.time.length };
}

function unknownFormat(path: string): OperatorError {
  return new OperatorError(`${path} does not say what to write.`, {
    exit: "usage",
    code: "FORMAT_UNKNOWN",
    expected: "a file that ends in .csv, .csv.gz, .parquet or .pq",
    found: path,
  });
}
