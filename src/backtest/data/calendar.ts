import { type Market, marketOf } from "./detect-market.ts";
import { intervalName } from "./interval.ts";
import { type TimesSeen, TimesWatch } from "./times-watch.ts";

/** What a person may say of a calendar: the market, or its trading days of a year. */
export type CalendarChoice = Market | number;

/** How often a market makes bars; statistics are annualised by it. */
export interface Calendar {
  /** The most common spacing of the bars in milliseconds. Months are 2,419,200,000 to 2,678,400,000. */
  readonly intervalMs: number;
  /** The spacing in the usual short form: `1m`, `5m`, `1h`, `1d`, `1w`, `1mo`. */
  readonly interval: string;
  /** Null when the bars do not show it: too short a stretch, or bars so coarse that they hide it. */
  readonly market: Market | null;
  /** Trading days of a year: 365, 260 (24/5), 252 (exchange), or as given. Null with an unknown market. */
  readonly daysPerYear: number | null;
  /** Bars of a trading day; 1.2 where bars of days have a sixth one on Sundays. */
  readonly barsPerDay: number;
  /** Days that were seen from midnight to midnight. */
  readonly wholeDays: number;
  /** Bars of a year, by which a mean and a deviation per bar are annualised. Null when it cannot be known. */
  readonly periodsPerYear: number | null;
  /** True when a person said it, false when it was read off the bars. */
  readonly given: boolean;
}

const DAY_MS = 86_400_000;
const DAYS_PER_YEAR: Record<Market, number> = { "24/7": 365, "24/5": 260, exchange: 252 };

/** Reads the calendar off ascending times. Where they do not tell it, `market` and `periodsPerYear` are null. */
export function calendarOf(time: ArrayLike<number>): Calendar {
  const watch = new TimesWatch();
  watch.add(time, time.length);
  return calendarSeen(watch.seen());
}

/** The calendar of times that were watched as they went by. */
export function calendarSeen(seen: TimesSeen): Calendar {
  const { intervalMs } = seen;
  const { market, barsPerDay, wholeDays } = marketOf(seen);
  const calendar = { intervalMs, interval: intervalName(intervalMs), barsPerDay, wholeDays, given: false };
  const daysPerYear = market === null ? null : DAYS_PER_YEAR[market];
  const periodsPerYear =
    fixedPeriods(intervalMs) ?? (hidesDays(intervalMs) ? seen.barsPerYear : periodsOf(calendar, market, daysPerYear));
  return { ...calendar, market, daysPerYear, periodsPerYear };
}

/** The calendar as a person says it is, with the spacing and the bars of a day as they were seen. */
export function calendarGiven(calendar: Calendar, choice: CalendarChoice | undefined): Calendar {
  if (choice === undefined) return calendar;
  const market = typeof choice === "number" ? calendar.market : choice;
  const daysPerYear = typeof choice === "number" ? choice : DAYS_PER_YEAR[choice];
  const { intervalMs } = calendar;
  const periodsPerYear =
    fixedPeriods(intervalMs) ??
    (hidesDays(intervalMs) ? daysPerYear / (intervalMs / DAY_MS) : periodsOf(calendar, market, daysPerYear));
  return { ...calendar, market, daysPerYear, periodsPerYear, given: true };
}

/** `252 bars of 1d a year (exchange days)`, or why that cannot be known. */
export function describeCalendar({ market, interval, periodsPerYear, barsPerDay, ...calendar }: Calendar): string {
  if (periodsPerYear === null) return "the bars do not show when the market trades (--calendar)";
  const bars = `${Math.round(periodsPerYear * 100) / 100} bars of ${interval} a year`;
  if (fixedPeriods(calendar.intervalMs) !== undefined) return bars;
  const sundays = interval === "1d" && barsPerDay > 1 ? ", bars on Sundays" : "";
  const days = calendar.given && market === null ? `${calendar.daysPerYear} days` : (market ?? "as counted");
  return `${bars} (${days === "exchange" ? "exchange days" : days}${sundays}${calendar.given ? ", as given" : ""})`;
}

/** Bars from five days on come equally often on every market. */
function fixedPeriods(intervalMs: number): number | undefined {
  if (intervalMs >= 360 * DAY_MS) return 1;
  if (intervalMs >= 85 * DAY_MS) return 4;
  if (intervalMs >= 27 * DAY_MS) return 12;
  return intervalMs >= 5 * DAY_MS ? 52 : undefined;
}

/** Bars of two to four days fall on any day of the week. */
const hidesDays = (intervalMs: number): boolean => intervalMs >= 1.5 * DAY_MS;

function periodsOf(
  { intervalMs, barsPerDay, wholeDays }: Pick<Calendar, "intervalMs" | "barsPerDay" | "wholeDays">,
  market: Market | null,
  daysPerYear: number | null,
): number | null {
  if (daysPerYear === null) return null;
  // Of a market that never closes a few hours are a part of a day; of an exchange they are the day.
  const partOfDay = wholeDays === 0 && market !== "exchange" && market !== null && intervalMs < DAY_MS;
  return daysPerYear * (partOfDay ? DAY_MS / intervalMs : barsPerDay);
}
