/** Bits of a braille character by row (0 to 3 from the top) and column (0, 1): Unicode 2800. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const ROWS_PER_CELL = 4;
const COLUMNS_PER_CELL = 2;

export interface ChartRange {
  readonly low: number;
  readonly high: number;
}

/**
 * A line through the values, oldest at the left, in `height` rows of `width` braille cells (2 by 4 dots each).
 * Every column of dots covers its share of the series from its lowest to its highest value, so no spike is lost.
 */
export function lineChart(values: ArrayLike<number>, width: number, height: number, range = rangeOf(values)): string[] {
  const columns = width * COLUMNS_PER_CELL;
  const rows = height * ROWS_PER_CELL;
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  const span = range.high - range.low;
  const rowOf = (value: number) =>
    span === 0 ? Math.floor(rows / 2) : Math.round(((range.high - value) / span) * (rows - 1));

  let previous: number | undefined;
  for (let column = 0; column < columns; column++) {
    const extent = extentAt(values, column, columns);
    if (!extent) {
      previous = undefined;
      continue;
    }
    const { first, last, low, high } = extent;
    const from = Math.min(rowOf(high), previous === undefined ? rows : towards(rowOf(first), previous));
    const to = Math.max(rowOf(low), previous === undefined ? 0 : towards(rowOf(first), previous));
    for (let row = Math.max(0, from); row <= Math.min(rows - 1, to); row++) {
      const line = cells[Math.floor(row / ROWS_PER_CELL)]!;
      line[Math.floor(column / COLUMNS_PER_CELL)]! |= DOTS[row % ROWS_PER_CELL]![column % COLUMNS_PER_CELL]!;
    }
    previous = rowOf(last);
  }
  return cells.map((line) => String.fromCharCode(...Array.from(line, (bits) => 0x2800 + bits)));
}

/** Lowest and highest finite value; 0 to 0 when there is none. */
export function rangeOf(values: ArrayLike<number>): ChartRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? { low: 0, high: 0 } : { low, high };
}

interface Extent {
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

/** What the series does within one column of dots; undefined where it has a gap. */
function extentAt(values: ArrayLike<number>, column: number, columns: number): Extent | undefined {
  const { length } = values;
  if (length === 0) return undefined;
  const start = Math.floor((column * length) / columns);
  const end = Math.max(start + 1, Math.floor(((column + 1) * length) / columns));
  const finite = Array.from({ length: end - start }, (_, offset) => values[start + offset]!).filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  return { first: finite[0]!, last: finite.at(-1)!, low: Math.min(...finite), high: Math.max(...finite) };
}

/** The row next to `target` on the way from `previous`: it joins two columns without drawing over either. */
function towards(target: number, previous: number): number {
  if (Math.abs(target - previous) <= 1) return target;
  return previous < target ? previous + 1 : previous - 1;
}
