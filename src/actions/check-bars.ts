import { calendarOf } from "../backtest/data/calendar.ts";
import { type BarReport, checkBars } from "../backtest/data/check-bars.ts";
import type { CsvOptions } from "../backtest/data/csv-layout.ts";
import { type BarSources, loadBars } from "./load-bars.ts";

/** What is wrong or odd with a dataset or a file: errors, gaps, outliers. A bad file is a report here, not an error. */
export async function checkData(ref: string, sources: BarSources, options: CsvOptions = {}): Promise<BarReport> {
  const stored = await sources.bars.find(ref);
  if (stored) {
    const { info, columns } = await loadBars({ ref }, sources);
    return checkBars(columns, info.calendar.intervalMs);
  }
  // Read twice: the spacing of the bars must be known before holes can be told from it, and lines are only known while reading.
  const { columns, summary } = await sources.files.read(ref, { ...options, acceptErrors: true });
  const gaps = checkBars(columns, calendarOf(columns.time).intervalMs);
  const isGap = ({ problem }: { problem: string }) => problem === "gap";
  const { gap: _early, ...counts } = summary.report.counts;
  const found = gaps.counts.gap ?? 0;
  return {
    ...summary.report,
    issues: [...summary.report.issues.filter((one) => !isGap(one)), ...gaps.issues.filter(isGap)],
    counts: found === 0 ? counts : { ...counts, gap: found },
    warnings: summary.report.warnings - (summary.report.counts.gap ?? 0) + found,
  };
}
