import { LocalClock, type OddTime, type RowPlace } from "./local-clock.ts";

/** How a file writes its times. `epoch` is a number whose unit follows from its size. */
export type TimeFormat = "epoch-s" | "epoch-ms" | "epoch-us" | "epoch-ns" | "iso" | "compact" | "dmy" | "mdy";

/** Which of the two readings of `03/04/2020` is meant, when the file itself does not tell. */
export type DateOrder = "dmy" | "mdy";

/** The format of one sample, or undefined when it is no time at all. `order` settles 03/04/2020. */
export function recogniseTime(samples: readonly string[], order?: DateOrder): TimeFormat | "ambiguous" | undefined {
  const first = samples[0]?.trim() ?? "";
  if (/^\d{8}([ T]?\d{4}(\d{2})?)?$/.test(first) && /^(19|20|21)\d\d(0[1-9]|1[0-2])/.test(first)) return "compact";
  if (/^-?\d+(\.\d+)?$/.test(first)) return epochUnit(Math.abs(Number(first)));
  if (/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/.test(first)) return "iso";
  if (!/^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}/.test(first)) return undefined;
  return order ?? orderOf(samples);
}

/** A day over 12 settles the order; points are the continental way; otherwise nobody can know. */
function orderOf(samples: readonly string[]): DateOrder | "ambiguous" {
  for (const sample of samples) {
    const [a, b] = sample.trim().split(/[-/.]/);
    if (Number(a) > 12) return "dmy";
    if (Number(b) > 12) return "mdy";
  }
  return samples[0]?.includes(".") ? "dmy" : "ambiguous";
}

/** Seconds stay below 1e11 until the year 5138, milliseconds are above it since 1973, and so on by thousands. */
function epochUnit(value: number): TimeFormat {
  if (value < 1e11) return "epoch-s";
  if (value < 1e14) return "epoch-ms";
  return value < 1e17 ? "epoch-us" : "epoch-ns";
}

/**
 * Reads times from bytes, one format for the whole file. Answers milliseconds since the epoch, UTC, or NaN.
 * `zone` is the IANA zone of times that carry none. The last day is remembered, for most rows share it.
 */
export class TimeReader {
  /** Where the time that is read next stands in the file. */
  place: RowPlace = { row: 0 };
  readonly #format: TimeFormat;
  readonly #clock: LocalClock | undefined;
  /** The day stands in a column of its own: the zone counts once the clock time is there too. */
  readonly #dayApart: boolean;
  #lastDate = -1;
  #lastDayMs = 0;

  constructor(format: TimeFormat, zone?: string, dayApart = false) {
    this.#format = format;
    this.#clock = zone === undefined || zone === "UTC" ? undefined : new LocalClock(zone);
    this.#dayApart = dayApart;
  }

  /** Local times that the clocks of the zone skip, or show twice without the file telling which is meant. */
  odd(): OddTime[] {
    return this.#clock?.odd() ?? [];
  }

  /** The time written in bytes [start, end). */
  read(bytes: Uint8Array, start: number, end: number): number {
    switch (this.#format) {
      case "iso":
        return this.#readIso(bytes, start, end);
      case "compact":
        return this.#readCompact(bytes, start, end);
      case "dmy":
      case "mdy":
        return this.#readDayFirst(bytes, start, end);
      default:
        return readEpoch(bytes, start, end, this.#format);
    }
  }

  /** The time of day written in bytes [start, end), in milliseconds: `09:30`, `09:30:00.5` or `93000`. */
  readClock(bytes: Uint8Array, start: number, end: number): number {
    if (end > start && bytes.indexOf(COLON, start) === -1) return readCompactClock(bytes, start, end);
    return clock(bytes, start, end, LOCAL).ms;
  }

  /** Joins a date column and a clock column, both as read by this reader. */
  join(dateMs: number, clockMs: number): number {
    return this.#clock === undefined ? dateMs + clockMs : this.#clock.toUtc(dateMs + clockMs, this.place);
  }

  #readIso(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 8) return Number.NaN;
    let at = start;
    const year = digitsTo(bytes, at, end);
    at += 5;
    const month = digitsTo(bytes, at, end);
    at += width(bytes, at, end) + 1;
    const day = digitsTo(bytes, at, end);
    at += width(bytes, at, end);
    return this.#withClock(this.#dayMs(year, month, day), bytes, at, end);
  }

  #readDayFirst(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    const first = digitsTo(bytes, at, end);
    at += width(bytes, at, end) + 1;
    const second = digitsTo(bytes, at, end);
    at += width(bytes, at, end) + 1;
    const year = digitsTo(bytes, at, end);
    at += width(bytes, at, end);
    const [day, month] = this.#format === "dmy" ? [first, second] : [second, first];
    return this.#withClock(this.#dayMs(year, month, day), bytes, at, end);
  }

  #readCompact(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 8) return Number.NaN;
    const date = digitsUpTo(bytes, start, start + 8);
    const dayMs = this.#dayMs(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
    let at = start + 8;
    if (at === end) return this.#toUtc(dayMs);
    if (bytes[at] === SPACE || bytes[at] === LETTER_T) at++;
    return this.#toUtc(dayMs + readCompactClock(bytes, at, end));
  }

  #withClock(dayMs: number, bytes: Uint8Array, at: number, end: number): number {
    if (at === end) return this.#toUtc(dayMs);
    if (bytes[at] !== SPACE && bytes[at] !== LETTER_T) return Number.NaN;
    const time = clock(bytes, at + 1, end, ZONED);
    return time.zoned ? dayMs + time.ms : this.#toUtc(dayMs + time.ms);
  }

  #toUtc(localMs: number): number {
    return this.#clock === undefined || this.#dayApart ? localMs : this.#clock.toUtc(localMs, this.place);
  }

  #dayMs(year: number, month: number, day: number): number {
    const date = year * 10_000 + month * 100 + day;
    if (date !== this.#lastDate) {
      if (!isDate(year, month, day)) return Number.NaN;
      this.#lastDate = date;
      this.#lastDayMs = Date.UTC(year, month - 1, day);
    }
    return this.#lastDayMs;
  }
}

function isDate(year: number, month: number, day: number): boolean {
  if (!(year >= 1000 && month >= 1 && month <= 12 && day >= 1)) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;

const ZONED = true;
const LOCAL = false;
/** One object for every call: reading a row must not allocate. */
const clockResult = { ms: 0, zoned: false };

/** `HH:MM[:SS[.fraction]]` and, where allowed, `Z`, `UTC`, `GMT+0100`, `+01:00`. NaN when anything else follows. */
function clock(bytes: Uint8Array, start: number, end: number, zoneAllowed: boolean): typeof clockResult {
  let at = start;
  const hour = digitsTo(bytes, at, end);
  at += width(bytes, at, end);
  let minute = Number.NaN;
  let second = 0;
  if (bytes[at] === COLON && at < end) {
    minute = digitsTo(bytes, ++at, end);
    at += width(bytes, at, end);
    if (bytes[at] === COLON && at < end) {
      second = digitsTo(bytes, ++at, end);
      at += width(bytes, at, end);
      if (at < end && bytes[at] === POINT) {
        const digits = width(bytes, ++at, end);
        second += digitsTo(bytes, at, end) / 10 ** digits;
        at += digits;
      }
    }
  }
  const valid = hour <= 24 && minute < 60 && second < 61;
  clockResult.ms = valid ? Math.round((hour * 3600 + minute * 60) * 1000 + second * 1000) : Number.NaN;
  clockResult.zoned = false;
  if (at < end) {
    const offsetMs = zoneAllowed ? zoneSuffix(bytes, at, end) : Number.NaN;
    clockResult.ms -= offsetMs;
    clockResult.zoned = true;
  }
  return clockResult;
}

/** The offset in milliseconds that a suffix names, NaN when it names none. */
function zoneSuffix(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 1 && (bytes[start] === LETTER_Z || bytes[start] === LETTER_Z + 32)) return 0;
  const suffix = /^ ?(?:UTC|GMT|Z)?(?:([+-])(\d{2}):?(\d{2})?)?$/i.exec(textOf(bytes, start, end));
  if (suffix === null) return Number.NaN;
  const [, sign, hours, minutes] = suffix;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === "-" ? -offset : offset;
}

/** `93000`, `093000` or `0930` as a time of day. */
function readCompactClock(bytes: Uint8Array, start: number, end: number): number {
  const value = digitsUpTo(bytes, start, end);
  const full = end - start <= 4 ? value * 100 : value;
  const [hour, minute, second] = [Math.floor(full / 10_000), Math.floor(full / 100) % 100, full % 100];
  return hour <= 24 && minute < 60 && second < 61 ? ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN;
}

function readEpoch(bytes: Uint8Array, start: number, end: number, unit: TimeFormat): number {
  if (unit === "epoch-ns") return Number(textOf(bytes, start, end - 6) || Number.NaN);
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative || bytes[at] === PLUS) at++;
  let value = digitsTo(bytes, at, end);
  at += width(bytes, at, end);
  if (at < end) value = bytes[at] === POINT ? Math.abs(Number(textOf(bytes, start, end))) : Number.NaN;
  const ms = unit === "epoch-s" ? value * 1000 : unit === "epoch-us" ? Math.floor(value / 1000) : value;
  return negative ? -Math.round(ms) : Math.round(ms);
}

/** The number made of the digits at `start`; NaN when there is none. */
function digitsTo(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === start ? Number.NaN : value;
}

/** The number that fills [start, end) with digits alone; NaN otherwise. */
function digitsUpTo(bytes: Uint8Array, start: number, end: number): number {
  return width(bytes, start, end) === end - start ? digitsTo(bytes, start, end) : Number.NaN;
}

function width(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! >= 48 && bytes[at]! <= 57) at++;
  return at - start;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
