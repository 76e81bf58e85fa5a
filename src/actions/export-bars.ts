import { sliceByTime } from "../backtest/data/slice-bars.ts";
import { type BarSources, loadBars } from "./load-bars.ts";

export interface ExportedBars {
  readonly path: string;
  readonly rows: number;
}

/** Writes bars to a file, in the format that its ending names. */
export async function exportBars(
  request: { readonly ref: string; readonly path: string; readonly from?: number; readonly to?: number },
  sources: BarSources,
): Promise<ExportedBars> {
  const { columns } = await loadBars({ ref: request.ref }, sources);
  const chosen = sliceByTime(columns, request.from, request.to);
  await sources.files.write(request.path, chosen);
  return { path: request.path, rows: chosen.time.length };
}
