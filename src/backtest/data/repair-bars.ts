import type { BarColumns } from "../../trading/bar.ts";

/** What a repair did, by kind. A repair is always asked for and always reported, never silent. */
export interface RepairReport {
  /** Rows left out because their time or all of their prices were missing. */
  readonly dropped: number;
  /** Prices taken from the close before, where only some were missing. */
  readonly filled: number;
  /** Rows moved into the order of time. */
  readonly sorted: number;
  /** Rows left out because a later row has the same time. */
  readonly duplicates: number;
  /** Rows whose high and low were widened to hold the other prices. */
  readonly widened: number;
}

/**
 * Makes columns that pass the checks: sorts by time, keeps the last of equal times, leaves out rows without a time or
 * without any price, fills single missing prices with the close before, and widens high and low to hold all prices.
 */
export function repairBars(columns: BarColumns): { columns: BarColumns; report: RepairReport } {
  const { time, open, high, low, close, volume } = columns;
  const kept = [...time.keys()].filter((row) => Number.isFinite(time[row]!) && anyPrice(columns, row));
  const dropped = time.length - kept.length;
  const sorted = kept.filter((row, i) => i > 0 && time[row]! < time[kept[i - 1]!]!).length;
  kept.sort((a, b) => time[a]! - time[b]! || a - b);
  const unique = kept.filter((row, i) => i + 1 === kept.length || time[kept[i + 1]!] !== time[row]);

  const result = emptyColumns(unique.length);
  let filled = 0;
  let widened = 0;
  let previous = Number.NaN;
  for (const [i, row] of unique.entries()) {
    const known = [close[row]!, open[row]!, high[row]!, low[row]!].find(Number.isFinite)!;
    const fallback = Number.isFinite(previous) ? previous : known;
    const pick = (value: number) => {
      if (Number.isFinite(value)) return value;
      filled++;
      return fallback;
    };
    const prices = [pick(open[row]!), pick(close[row]!)] as const;
    const extremes = [high[row]!, low[row]!].filter(Number.isFinite);
    filled += 2 - extremes.length;
    const top = Math.max(...prices, ...extremes);
    const bottom = Math.min(...prices, ...extremes);
    if (extremes.length === 2 && (top !== high[row] || bottom !== low[row])) widened++;
    result.time[i] = time[row]!;
    result.open[i] = prices[0];
    result.high[i] = top;
    result.low[i] = bottom;
    result.close[i] = prices[1];
    result.volume[i] = Number.isFinite(volume[row]!) ? volume[row]! : 0;
    previous = prices[1];
  }
  return { columns: result, report: { dropped, filled, sorted, duplicates: kept.length - unique.length, widened } };
}

function anyPrice({ open, high, low, close }: BarColumns, row: number): boolean {
  return [open, high, low, close].some((column) => Number.isFinite(column[row]!));
}

/** Columns of `length` zeros. */
export function emptyColumns(length: number): BarColumns {
  const column = () => new Float64Array(length);
  return { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}
