const BARS = "▁▂▃▄▅▆▇█";

/** One line of `width` columns; each column shows the mean of its part of the values between the least and the largest. */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const columns = shrink(values, width);
  const low = Math.min(...columns);
  const range = Math.max(...columns) - low;
  return columns.map((value) => BARS[range === 0 ? 3 : levelOf((value - low) / range, BARS.length)]).join("");
}

/** Only the characters that every font has: eighths that hang from the top came late to Unicode. */
const HANGING = [" ", "▔", "▀", "█"];

/** Like a sparkline, hanging from the top: for values from 0 down. */
export function hangingLine(values: ArrayLike<number>, width: number): string {
  const columns = shrink(values, width, Math.min);
  const low = Math.min(...columns, 0);
  return columns.map((value) => HANGING[low === 0 ? 0 : levelOf(value / low, HANGING.length)]).join("");
}

function levelOf(fraction: number, levels: number): number {
  return Math.min(levels - 1, Math.max(0, Math.round(fraction * (levels - 1))));
}

/** `width` values, or fewer when there are fewer: each the mean, or another summary, of an equal part. */
function shrink(
  values: ArrayLike<number>,
  width: number,
  summary: (...part: number[]) => number = (...part) => part.reduce((a, b) => a + b, 0) / part.length,
): number[] {
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, column) => {
    const start = Math.floor((column * values.length) / count);
    const end = Math.max(start + 1, Math.floor(((column + 1) * values.length) / count));
    // A long part is sampled: no eye can tell, and an argument list has a limit.
    const step = Math.max(1, Math.floor((end - start) / 64));
    const part: number[] = [];
    for (let i = start; i < end; i += step) part.push(values[i]!);
    return summary(...part);
  });
}
