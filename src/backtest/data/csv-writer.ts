import type { BarColumns } from "../../trading/bar.ts";

export const csvHeader = "time,open,high,low,close,volume\n";

/** One bar as a line of CSV: an ISO time in UTC and prices in full precision, so that reading gives the same bar. */
export function csvRow({ time, open, high, low, close, volume }: BarColumns, row: number): string {
  const at = new Date(time[row]!).toISOString();
  return `${at},${open[row]},${high[row]},${low[row]},${close[row]},${volume[row]}\n`;
}
