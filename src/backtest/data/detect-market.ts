import type { DaySeen, TimesSeen } from "./times-watch.ts";

/**
 * When a market trades. `24/7`: always. `24/5`: around the clock from Sunday evening to Friday evening, as currencies
 * do. `exchange`: on weekdays that are no holidays, in whatever hours.
 */
export const MARKETS = ["24/7", "24/5", "exchange"] as const;
export type Market = (typeof MARKETS)[number];

export interface MarketSeen {
  /** Null when the days do not show it. */
  readonly market: Market | null;
  readonly barsPerDay: number;
  readonly wholeDays: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SUNDAY = 0;
const SATURDAY = 6;
/** A longer stretch without bars is a hole in the data and says nothing about the market. */
const HOLE_DAYS = 10;
/** A day of the week that has bars at least so often is a trading day. */
const USUAL = 0.5;
/** Of its trading days an exchange misses 3 to 5 in a hundred, a market of 24/5 hardly one. */
const HOLIDAY_SHARE = 0.02;
/** Trading days in which an exchange would have shown enough of its holidays. */
const ENOUGH_DAYS = 180;
/** A trading day of the week that is empty more often than this has no calendar. */
const SPARSE = 0.2;
/** Bars in so much of a day: it never closes. */
const NEVER_CLOSES = 23.5 / 24;
/** Bars in no more of a day: it closes at night. */
const CLOSES = 0.75;

/** Finds out when a market trades from the days that have bars. */
export function marketOf({ intervalMs, days }: TimesSeen): MarketSeen {
  if (days.length === 0 || intervalMs >= 1.5 * DAY_MS) return { market: null, barsPerDay: 1, wholeDays: 0 };
  return intervalMs >= DAY_MS ? marketOfDays(days) : marketWithinDays(days, intervalMs);
}

/** Bars of days: which days of the week have one, and how many of those are missing. */
function marketOfDays(days: readonly DaySeen[]): MarketSeen {
  const filled = new Array<number>(7).fill(0);
  const empty = new Array<number>(7).fill(0);
  for (const [i, { day }] of days.entries()) {
    filled[weekdayOf(day)]! += 1;
    const next = days[i + 1]?.day ?? day;
    if (next - day <= HOLE_DAYS) for (let between = day + 1; between < next; between++) empty[weekdayOf(between)]! += 1;
  }
  const wholeDays = days.length;
  const unknown = { market: null, barsPerDay: 1, wholeDays };
  if (filled[SATURDAY]! + empty[SATURDAY]! === 0) return unknown;
  const trading = filled.flatMap((count, day) => (count > 0 && count >= USUAL * (count + empty[day]!) ? [day] : []));
  if (trading.length < 5) return unknown;
  if (trading.length === 7) return { market: "24/7", barsPerDay: 1, wholeDays };
  const present = sum(trading.map((day) => filled[day]!));
  const missing = sum(trading.map((day) => empty[day]!));
  const share = missing / (present + missing);
  if (share > SPARSE) return unknown;
  // The stub of a currency's week: a few hours of Sunday as a bar of their own.
  if (trading.length === 6) {
    return { market: trading.includes(SUNDAY) ? "24/5" : "exchange", barsPerDay: 6 / 5, wholeDays };
  }
  const noHolidays = present + missing >= ENOUGH_DAYS && share < HOLIDAY_SHARE;
  return { market: noHolidays ? "24/5" : "exchange", barsPerDay: 1, wholeDays };
}

/** Bars within days: whether Saturdays have them, and whether it closes at night. */
function marketWithinDays(days: readonly DaySeen[], intervalMs: number): MarketSeen {
  // The first and the last day may be cut.
  const whole = days.slice(1, -1);
  const weekdays = whole.filter(({ day }) => weekdayOf(day) !== SUNDAY && weekdayOf(day) !== SATURDAY);
  const usual = weekdays.length > 0 ? weekdays : whole.length > 0 ? whole : days;
  const barsPerDay = weekdays.length > 0 ? median(usual.map(({ bars }) => bars)) : Math.max(...days.map((d) => d.bars));
  const coverage = ({ hours }: DaySeen) => (hours * Math.max(HOUR_MS, intervalMs)) / DAY_MS;
  const seen = { barsPerDay, wholeDays: weekdays.length };
  const saturdays = saturdaysWithin(days);
  if (saturdays.length === 0) {
    const closes = whole.length >= 2 && whole.every((day) => coverage(day) <= CLOSES);
    return { market: closes ? "exchange" : null, ...seen };
  }
  const traded = saturdays.filter((bars) => bars >= USUAL * barsPerDay).length;
  if (traded >= USUAL * saturdays.length) return { market: "24/7", ...seen };
  const market = median(usual.map(coverage)) >= NEVER_CLOSES ? "24/5" : "exchange";
  return { market, ...seen };
}

/** The bars of every Saturday that lies whole within the days, holes left out. */
function saturdaysWithin(days: readonly DaySeen[]): number[] {
  const found: number[] = [];
  for (const [i, { day, bars }] of days.entries()) {
    const next = days[i + 1];
    if (next === undefined) continue;
    if (i > 0 && weekdayOf(day) === SATURDAY) found.push(bars);
    if (next.day - day > HOLE_DAYS) continue;
    for (let between = day + 1; between < next.day; between++) if (weekdayOf(between) === SATURDAY) found.push(0);
  }
  return found;
}

/** 0 is Sunday. The epoch was a Thursday. */
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
