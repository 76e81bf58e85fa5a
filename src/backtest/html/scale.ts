/** Maps values to positions on paper. */
export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  const scale = (value: number) => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
  return Object.assign(scale, { domain });
}

/** Least and largest finite value, a little apart when they are equal. */
export function extentOf(values: Iterable<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high && value < Number.POSITIVE_INFINITY) high = value;
  }
  if (low > high) return [0, 1];
  return low === high ? [low - Math.abs(low || 1) * 0.05, high + Math.abs(high || 1) * 0.05] : [low, high];
}

/** Round numbers that cut the domain into about `count` parts. */
export function niceTicks([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

const DAY_MS = 86_400_000;
const STEPS = [
  60_000,
  300_000,
  900_000,
  3_600_000,
  4 * 3_600_000,
  12 * 3_600_000,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];

/** Moments that cut a stretch of time into about `count` parts, with their labels. */
export function timeTicks(from: number, to: number, count: number): { at: number; label: string }[] {
  const step = STEPS.find((one) => (to - from) / one <= count);
  if (step !== undefined) {
    const ticks: { at: number; label: string }[] = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push({ at, label: labelOf(at, step) });
    return ticks;
  }
  const months = MONTH_STEPS.find((one) => (to - from) / (one * 30.44 * DAY_MS) <= count) ?? 240;
  const ticks: { at: number; label: string }[] = [];
  const start = new Date(from);
  const first =
    Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth() + (start.getUTCDate() > 1 ? 1 : 0)) / months) * months;
  for (let month = first; ; month += months) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > to) return ticks;
    ticks.push({ at, label: months >= 12 ? String(Math.floor(month / 12)) : monthLabel(at) });
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function monthLabel(at: number): string {
  const date = new Date(at);
  const month = date.getUTCMonth();
  return month === 0 ? String(date.getUTCFullYear()) : MONTHS[month]!;
}

function labelOf(at: number, step: number): string {
  const date = new Date(at);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  if (step >= DAY_MS) return day;
  const clock = date.toISOString().slice(11, 16);
  return clock === "00:00" ? day : clock;
}
