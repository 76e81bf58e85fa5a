import type { CsvLayout, CsvOptions, CsvRole } from "./csv-layout.ts";
import type { OddTime } from "./local-clock.ts";
import { TimeReader } from "./timestamp.ts";

/** Rows as columns. Only the first `count` entries count; the arrays are used again for the next batch. */
export interface RowBatch {
  readonly count: number;
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** The line of the file (from 1) on which each row stands. */
  readonly line: Float64Array;
}

/** A field that is no number or no time. */
export interface BadCell {
  readonly line: number;
  readonly column: string;
  readonly text: string;
}

/** Rows handed on at once: large enough to make the call cheap, small enough to stay in the cache. */
const BATCH_ROWS = 8192;
/** Unreadable fields that are remembered word for word; the rest is only counted by the checks. */
const MAX_BAD_CELLS = 1000;
/** A file with longer lines is no table of prices; without a bound it would be held in memory whole. */
export const MAX_LINE_BYTES = 1 << 16;
/** Integers of up to 15 digits and these powers are exact doubles, so one division rounds once, as Number() does. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const EXACT_DIGITS = 15;

const NEWLINE = 10;
const RETURN = 13;
const BLANK = 32;
const QUOTE = 34;
const HASH = 35;
const MINUS = 45;

const ROLE_ORDER: readonly CsvRole[] = ["skip", "open", "high", "low", "close", "volume", "time", "clock"];
const TIME = ROLE_ORDER.indexOf("time");
const CLOCK = ROLE_ORDER.indexOf("clock");
const OPEN = 1;
const VOLUME = 5;

/**
 * Reads rows of prices from the bytes of a CSV file, in chunks of any size, and hands them on in batches. A field that
 * cannot be read becomes NaN and is listed in `badCells`; fields that are merely empty become NaN too.
 */
export class CsvParser {
  readonly badCells: BadCell[] = [];
  readonly #layout: CsvLayout;
  readonly #roles: Int8Array;
  readonly #times: TimeReader;
  readonly #zoned: boolean;
  readonly #sink: (batch: RowBatch) => void;
  readonly #line = new Float64Array(BATCH_ROWS);
  /** By role: unused, open, high, low, close, volume, time, clock. */
  readonly #columns = ROLE_ORDER.map(() => new Float64Array(BATCH_ROWS));
  readonly #has: Record<"open" | "volume" | "clock", boolean>;
  #count = 0;
  /** Rows that were handed on. */
  #rowsBefore = 0;
  #lines = 0;
  /** A line that the last chunk cut off. */
  #rest = new Uint8Array(0);
  /** Where the field being read ends: the second result of `#number`. */
  #fieldEnd = 0;

  constructor(layout: CsvLayout, options: CsvOptions, sink: (batch: RowBatch) => void) {
    this.#layout = layout;
    this.#roles = Int8Array.from(layout.roles, (role) => ROLE_ORDER.indexOf(role));
    this.#zoned = options.timezone !== undefined;
    this.#sink = sink;
    const has = (role: CsvRole) => layout.roles.includes(role);
    this.#has = { open: has("open"), volume: has("volume"), clock: has("clock") };
    this.#times = new TimeReader(layout.timeFormat, options.timezone, this.#has.clock);
  }

  /** Takes the next bytes of the file. They are read before the call returns, so the buffer may be used again. */
  push(bytes: Uint8Array): void {
    // A plain view: a Buffer's own search is several times slower for the short way to the next line.
    const chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    let start = 0;
    if (this.#rest.length > 0) {
      const end = chunk.indexOf(NEWLINE);
      if (end === -1) {
        this.#keep(joined(this.#rest, chunk));
        return;
      }
      const line = joined(this.#rest, chunk.subarray(0, end + 1));
      this.#rest = new Uint8Array(0);
      this.#readLines(line, 0);
      start = end + 1;
    }
    const read = this.#readLines(chunk, start);
    if (read < chunk.length) this.#keep(chunk.slice(read));
  }

  #keep(rest: Uint8Array<ArrayBuffer>): void {
    if (rest.length > MAX_LINE_BYTES)
      throw new RangeError(`line ${this.#lines + 1} is longer than ${MAX_LINE_BYTES} bytes`);
    this.#rest = rest;
  }

  /** Ends the file: the last line need not end with a line break. Answers the number of lines. */
  finish(): number {
    if (this.#rest.length > 0) this.#readLines(joined(this.#rest, Uint8Array.of(NEWLINE)), 0);
    this.#flush();
    return this.#lines;
  }

  /** Rows whose local time does not say which moment is meant. */
  oddTimes(): OddTime[] {
    return this.#times.odd();
  }

  /** Reads all complete lines from `start` on and answers where the incomplete one begins. */
  #readLines(bytes: Uint8Array, start: number): number {
    for (let at = start; ; ) {
      const end = bytes.indexOf(NEWLINE, at);
      if (end === -1) return at;
      this.#lines++;
      if (this.#lines > this.#layout.headerLines) {
        const trimmed = end > at && bytes[end - 1] === RETURN ? end - 1 : end;
        const from = this.#lines === 1 ? afterMark(bytes, at) : at;
        if (trimmed > from && bytes[from] !== HASH) this.#readRow(bytes, from, trimmed);
      }
      at = end + 1;
    }
  }

  #readRow(bytes: Uint8Array, start: number, end: number): void {
    const roles = this.#roles;
    const columns = this.#columns;
    const row = this.#count;
    if (this.#zoned) this.#times.place = { row: this.#rowsBefore + row, line: this.#lines };
    const separator = this.#layout.separator.charCodeAt(0);
    for (let role = OPEN; role <= TIME; role++) columns[role]![row] = Number.NaN;
    if (!this.#has.volume) columns[VOLUME]![row] = 0;
    let at = start;
    for (let field = 0; field < roles.length && at <= end; field++) {
      const role = roles[field]!;
      if (role >= OPEN && role <= VOLUME) {
        columns[role]![row] = this.#number(bytes, at, end, separator, field);
        at = this.#fieldEnd + 1;
      } else {
        const fieldEnd = this.#endOf(bytes, at, end, separator);
        if (role === TIME || role === CLOCK) columns[role]![row] = this.#time(bytes, at, fieldEnd, field);
        at = fieldEnd + 1;
      }
    }
    if (this.#has.clock) columns[TIME]![row] = this.#times.join(columns[TIME]![row]!, columns[CLOCK]![row]!);
    if (!this.#has.open) this.#spreadClose(row);
    this.#line[row] = this.#lines;
    if (++this.#count === BATCH_ROWS) this.#flush();
  }

  /** A file with closing prices alone makes bars that are points. */
  #spreadClose(row: number): void {
    const [, open, high, low, close] = this.#columns;
    open![row] = high![row] = low![row] = close![row]!;
  }

  #endOf(bytes: Uint8Array, start: number, end: number, separator: number): number {
    let at = start;
    if (bytes[at] === QUOTE) {
      at++;
      while (at < end && bytes[at] !== QUOTE) at++;
    }
    while (at < end && bytes[at] !== separator) at++;
    return at;
  }

  #time(bytes: Uint8Array, start: number, end: number, field: number): number {
    // No destructuring in what every row goes through: until it is compiled it costs more than the work.
    let from = start;
    let to = end;
    while (from < to && (bytes[from] === BLANK || bytes[from] === QUOTE)) from++;
    while (to > from && (bytes[to - 1] === BLANK || bytes[to - 1] === QUOTE)) to--;
    const clock = this.#roles[field] === CLOCK;
    const time = clock ? this.#times.readClock(bytes, from, to) : this.#times.read(bytes, from, to);
    if (Number.isNaN(time)) this.#noteBadCell(field, textOf(bytes, from, to));
    return time;
  }

  /** The number at `start`: plain decimals at once, everything else (exponents, quotes, many digits) by way of text. */
  #number(bytes: Uint8Array, start: number, end: number, separator: number, field: number): number {
    const decimal = this.#layout.decimal === "." ? 46 : 44;
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let mantissa = 0;
    let digits = 0;
    let scaleStart = -1;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      const digit = byte - 48;
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        digits++;
      } else if (byte === decimal && scaleStart === -1) scaleStart = digits;
      else break;
    }
    if (digits === 0 || digits > EXACT_DIGITS || (at < end && bytes[at] !== separator)) {
      return this.#numberFromText(bytes, start, end, separator, field);
    }
    this.#fieldEnd = at;
    const value = scaleStart === -1 ? mantissa : mantissa / POWERS[digits - scaleStart]!;
    return negative ? -value : value;
  }

  #numberFromText(bytes: Uint8Array, start: number, end: number, separator: number, field: number): number {
    const fieldEnd = this.#endOf(bytes, start, end, separator);
    this.#fieldEnd = fieldEnd;
    const text = textOf(bytes, start, fieldEnd).replaceAll('"', "").trim();
    const value = parseNumber(text, this.#layout.decimal);
    if (Number.isNaN(value) && text !== "") this.#noteBadCell(field, text);
    return value;
  }

  #noteBadCell(field: number, text: string): void {
    if (this.badCells.length >= MAX_BAD_CELLS) return;
    this.badCells.push({ line: this.#lines, column: this.#layout.names[field] || this.#layout.roles[field]!, text });
  }

  #flush(): void {
    if (this.#count === 0) return;
    const [, open, high, low, close, volume, time] = this.#columns;
    this.#sink({
      count: this.#count,
      time: time!,
      open: open!,
      high: high!,
      low: low!,
      close: close!,
      volume: volume!,
      line: this.#line,
    });
    this.#rowsBefore += this.#count;
    this.#count = 0;
  }
}

/** Also reads `1,234.5`, `1.234,5`, `1e-5` and a leading currency sign; anything else is NaN. */
function parseNumber(text: string, decimal: "." | ","): number {
  if (text === "") return Number.NaN;
  const grouped = decimal === "." ? text.replaceAll(",", "") : text.replaceAll(".", "").replace(",", ".");
  const plain = grouped.replace(/^([+-]?)[$€£]/, "$1");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** Where the text of a file begins that may begin with a byte order mark. */
function afterMark(bytes: Uint8Array, start: number): number {
  return bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
