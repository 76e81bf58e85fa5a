const BARS = "▁▂▃▄▅▆▇█";

/** The newest values as one row of bars, lowest to highest of what is shown; a flat series lies in the middle. */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const shown = resample(values, width);
  if (shown.length === 0) return "";
  const low = Math.min(...shown);
  const high = Math.max(...shown);
  return shown
    .map((value) => (high === low ? BARS[3] : BARS[Math.round(((value - low) / (high - low)) * (BARS.length - 1))]))
    .join("");
}

/** At most `count` values that keep the ends and the shape: each stands for its share of the series by its last value. */
export function resample(values: ArrayLike<number>, count: number): number[] {
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length <= count) return finite;
  return Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? finite.length - 1 : Math.round((index * (finite.length - 1)) / (count - 1));
    return finite[at]!;
  });
}
