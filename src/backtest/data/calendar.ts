/** How often a market makes bars, read off the bars themselves; statistics are annualised by it. */
export interface Calendar {
  /** The most common spacing of the bars in milliseconds. Months are 2,592,000,000 to 2,678,400,000. */
  readonly intervalMs: number;
  /** The spacing in the usual short form: `1m`, `5m`, `1h`, `1d`, `1w`, `1mo`. */
  readonly interval: string;
  /** Whether the market also trades on Saturdays and Sundays. */
  readonly weekends: boolean;
  /** Trading days of a year: 365 with weekends, 252 without. */
  readonly daysPerYear: number;
  /** Bars of a year, by which a mean and a deviation per bar are annualised. */
  readonly periodsPerYear: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Times that are looked at: enough to know the spacing, and the same work however long the data is. */
const MAX_SAMPLE = 20_000;

/** Reads the calendar off ascending times. With fewer than two bars it is a daily market of weekdays. */
export function calendarOf(time: ArrayLike<number>): Calendar {
  const intervalMs = usualStep(time);
  const weekends = tradesOnWeekends(time, intervalMs);
  const daysPerYear = weekends ? 365 : 252;
  return {
    intervalMs,
    interval: intervalName(intervalMs),
    weekends,
    daysPerYear,
    periodsPerYear: periodsPerYear(time, intervalMs, daysPerYear),
  };
}

function usualStep(time: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  const length = Math.min(time.length, MAX_SAMPLE);
  for (let i = 1; i < length; i++) {
    const step = time[i]! - time[i - 1]!;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let best = DAY_MS;
  let bestCount = 0;
  for (const [step, count] of counts) if (count > bestCount) [best, bestCount] = [step, count];
  return best;
}

/** Bars coarser than a day hide the weekend, so they count as a market of weekdays unless they say otherwise. */
function tradesOnWeekends(time: ArrayLike<number>, intervalMs: number): boolean {
  if (intervalMs >= 2 * DAY_MS) return false;
  const length = Math.min(time.length, MAX_SAMPLE);
  let weekend = 0;
  for (let i = 0; i < length; i++) {
    const day = (Math.floor(time[i]! / DAY_MS) + 4) % 7;
    if (day === 0 || day === 6) weekend++;
  }
  // Two days in seven would be 0.286. A market that opens on Sunday evening stays far below that.
  return length > 0 && weekend / length > (2 / 7) * 0.6;
}

function periodsPerYear(time: ArrayLike<number>, intervalMs: number, daysPerYear: number): number {
  if (intervalMs >= 360 * DAY_MS) return 1;
  if (intervalMs >= 85 * DAY_MS) return 4;
  if (intervalMs >= 27 * DAY_MS) return 12;
  if (intervalMs >= 5 * DAY_MS) return 52;
  if (intervalMs >= DAY_MS) return daysPerYear / Math.round(intervalMs / DAY_MS);
  return daysPerYear * usualBarsPerDay(time, intervalMs);
}

/** The median number of bars of a day, leaving out the first and last day, which may be cut. */
function usualBarsPerDay(time: ArrayLike<number>, intervalMs: number): number {
  const counts: number[] = [];
  const length = Math.min(time.length, MAX_SAMPLE);
  let day = Number.NaN;
  for (let i = 0; i < length; i++) {
    const today = Math.floor(time[i]! / DAY_MS);
    if (today !== day) counts.push(0);
    day = today;
    counts[counts.length - 1]! += 1;
  }
  const whole = counts.slice(1, -1).sort((a, b) => a - b);
  return whole[Math.floor(whole.length / 2)] ?? DAY_MS / intervalMs;
}

const UNITS: ReadonlyArray<readonly [string, number]> = [
  ["y", 365 * DAY_MS],
  ["mo", 30 * DAY_MS],
  ["w", 7 * DAY_MS],
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["m", MINUTE_MS],
  ["s", 1000],
];

/** `1m`, `4h`, `1d`, `1mo`: months and years by their usual lengths. */
export function intervalName(intervalMs: number): string {
  if (intervalMs >= 28 * DAY_MS && intervalMs <= 31 * DAY_MS) return "1mo";
  if (intervalMs >= 89 * DAY_MS && intervalMs <= 92 * DAY_MS) return "3mo";
  if (intervalMs >= 365 * DAY_MS && intervalMs <= 366 * DAY_MS) return "1y";
  for (const [name, ms] of UNITS) {
    if (name !== "y" && name !== "mo" && intervalMs >= ms && intervalMs % ms === 0) return `${intervalMs / ms}${name}`;
  }
  return `${intervalMs}ms`;
}

/** Milliseconds of `90s`, `5m`, `1h`, `1d`, `1w`, `1mo`; undefined when it is none of these. */
export function parseInterval(text: string): number | undefined {
  const match = /^(\d+)\s*(ms|s|m|min|h|d|w|mo|M|y)$/.exec(text.trim());
  if (!match) return undefined;
  const name = match[2] === "M" ? "mo" : match[2] === "min" ? "m" : match[2];
  const unit = name === "ms" ? 1 : UNITS.find(([one]) => one === name)?.[1];
  return unit === undefined || Number(match[1]) === 0 ? undefined : Number(match[1]) * unit;
}
