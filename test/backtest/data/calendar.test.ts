import { describe, expect, test } from "vitest";
import { calendarGiven, calendarOf, calendarSeen, describeCalendar } from "../../../src/backtest/data/calendar.ts";
import { TimesWatch } from "../../../src/backtest/data/times-watch.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2020, 0, 6);

type Keep = (ms: number) => boolean;
/** Times every `step` for `days` days, those that the market keeps. */
const times = (days: number, step: number, keep: Keep = () => true, start = START): Float64Array =>
  Float64Array.from({ length: Math.floor((days * DAY) / step) }, (_, i) => start + i * step).filter(keep);
const dayOfWeek = (ms: number): number => new Date(ms).getUTCDay();
const weekday: Keep = (ms) => ![0, 6].includes(dayOfWeek(ms));
/** Nine days a year on which exchanges stay closed, as in New York. */
const HOLIDAYS = ["01-01", "01-20", "02-17", "04-10", "05-25", "07-03", "09-07", "11-26", "12-25"];
const open: Keep = (ms) => weekday(ms) && !HOLIDAYS.includes(new Date(ms).toISOString().slice(5, 10));
const session: Keep = (ms) => open(ms) && ms % DAY >= 14.5 * HOUR && ms % DAY < 21 * HOUR;
/** Sunday 22:00 to Friday 22:00 UTC. */
const currency: Keep = (ms) => weekday(ms + 2 * HOUR);
/** A future: the currency week without an hour of every evening. */
const future: Keep = (ms) => currency(ms) && ms % DAY !== 21 * HOUR && Math.floor((ms % DAY) / HOUR) !== 21;

describe("the calendar is read off the bars", () => {
  test.each([
    ["days of an exchange", times(730, DAY, open), "exchange", 252],
    ["days of an exchange, a quarter of a year", times(90, DAY, open), "exchange", 252],
    ["days of an exchange stamped at its closing time", times(730, DAY, open, START + 21 * HOUR), "exchange", 252],
    ["days of a market that never closes", times(100, DAY), "24/7", 365],
    ["a fortnight of days that never close", times(14, DAY), "24/7", 365],
    ["days of a currency", times(730, DAY, weekday), "24/5", 260],
    ["days of a currency with a stub on Sundays", times(730, DAY, (ms) => dayOfWeek(ms) !== 6), "24/5", 312],
    ["days of a currency stamped on the evening before", times(730, DAY, currency, START + 22 * HOUR), "24/5", 260],
    ["minutes that never close", times(14, MINUTE), "24/7", 365 * 1440],
    ["seconds that never close", times(12, 10_000), "24/7", 365 * 8640],
    ["minutes of a session", times(60, MINUTE, session), "exchange", 252 * 390],
    ["minutes of a session within one week", times(5, MINUTE, session), "exchange", 252 * 390],
    ["half hours of a session", times(60, 30 * MINUTE, session), "exchange", 252 * 13],
    ["hours of the currency week", times(60, HOUR, currency), "24/5", 260 * 24],
    ["quarters of the currency week", times(20, 15 * MINUTE, currency), "24/5", 260 * 96],
    ["four hours of the currency week", times(60, 4 * HOUR, currency), "24/5", 260 * 6],
    ["hours of a future", times(60, HOUR, future), "exchange", 252 * 23],
    ["four hours that never close", times(60, 4 * HOUR), "24/7", 365 * 6],
    ["weeks", times(700, 7 * DAY), null, 52],
    ["months", times(1, HOUR).map((_, i) => Date.UTC(2012, i + 1, 0)), null, 12],
  ])("%s", (_kind, time, market, periodsPerYear) => {
    expect(calendarOf(time)).toMatchObject({ market, periodsPerYear, given: false });
  });

  test("holes in the data are no holidays", () => {
    const hole: Keep = (ms) => weekday(ms) && !(ms > START + 100 * DAY && ms < START + 400 * DAY);
    expect(calendarOf(times(800, DAY, hole))).toMatchObject({ market: "24/5", periodsPerYear: 260 });
    const outage: Keep = (ms) => !(ms > START + 5 * DAY && ms < START + 6 * DAY);
    expect(calendarOf(times(28, HOUR, outage))).toMatchObject({ market: "24/7" });
  });

  test.each([
    ["no bars", times(0, DAY)],
    ["one bar", times(1, DAY)],
    ["four days without a weekend", times(4, DAY)],
    ["minutes of one day", times(1, MINUTE)],
    ["minutes of one session", times(1, MINUTE, session)],
    ["hours of three days around the clock", times(3, HOUR)],
    ["days that come now and then", times(400, DAY, (ms) => Math.floor(ms / DAY) % 8 < 3)],
  ])("null where it cannot be known: %s", (_kind, time) => {
    const calendar = calendarOf(time);
    expect(calendar).toMatchObject({ market: null, periodsPerYear: null });
    expect(describeCalendar(calendar)).toContain("--calendar");
  });

  test("what is said goes first", () => {
    const afternoon = calendarOf(times(0.25, MINUTE));
    expect(calendarGiven(afternoon, undefined)).toBe(afternoon);
    expect(calendarGiven(afternoon, "24/7").periodsPerYear).toBe(365 * 1440);
    expect(calendarGiven(afternoon, "24/5").periodsPerYear).toBe(260 * 1440);
    const one = calendarOf(times(1, MINUTE, session));
    expect(calendarGiven(one, "exchange").periodsPerYear).toBe(252 * 390);
    const tokyo = calendarGiven(calendarOf(times(730, DAY, open)), 245);
    expect(tokyo).toMatchObject({ periodsPerYear: 245, daysPerYear: 245, given: true });
    expect(calendarGiven(calendarOf(times(700, 7 * DAY)), "24/7").periodsPerYear).toBe(52);
    expect(calendarGiven(calendarOf(times(700, 3 * DAY)), "24/7").periodsPerYear).toBeCloseTo(365 / 3, 9);
  });

  test("it is the same whether the times come at once or in parts", () => {
    const all = times(60, HOUR, currency);
    const watch = new TimesWatch();
    for (let i = 0; i < all.length; i += 7) watch.add(all.subarray(i, i + 7), Math.min(7, all.length - i));
    expect(calendarSeen(watch.seen())).toEqual(calendarOf(all));
  });

  test.each([
    [calendarOf(times(730, DAY, open)), "252 bars of 1d a year (exchange days)"],
    [calendarOf(times(730, DAY, (ms) => dayOfWeek(ms) !== 6)), "312 bars of 1d a year (24/5, bars on Sundays)"],
    [calendarGiven(calendarOf(times(1, MINUTE)), "24/7"), "525600 bars of 1m a year (24/7, as given)"],
    [calendarGiven(calendarOf(times(4, DAY)), 245), "245 bars of 1d a year (245 days, as given)"],
    [calendarOf(times(700, 7 * DAY)), "52 bars of 1w a year"],
    [calendarOf(times(700, 3 * DAY)), "121.75 bars of 3d a year (as counted)"],
  ])("it is written in words", (calendar, words) => {
    expect(describeCalendar(calendar)).toBe(words);
  });
});
