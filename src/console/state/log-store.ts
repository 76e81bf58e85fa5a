import { LOG_LEVELS, type LogLevel, type LogLine } from "../../actions/desk-feed.ts";
import { RingBuffer } from "../../core/ring-buffer.ts";

/** What a reader of the log wants to see. */
export interface LogFilter {
  /** Lines below this level are left out. */
  readonly level: LogLevel;
  /** Of this instance or service only. */
  readonly source?: string | undefined;
  /** That hold this text, whatever its case. */
  readonly text?: string | undefined;
}

export interface LogPage {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** How many lines that match are known to be newer than the page. */
  readonly newer: number;
}

/** At about 200 bytes a line this is some 4 MB: the last ten seconds of a flood, hours of a calm day. */
export const LOG_CAPACITY = 20_000;

/** The newest log lines, outside of anything that is drawn: a flood costs the screen nothing. */
export class LogStore {
  readonly #lines: RingBuffer<LogLine>;
  #lagMs = 0;
  #skipped = 0;

  constructor(capacity = LOG_CAPACITY) {
    this.#lines = new RingBuffer(capacity);
  }

  /** Takes lines that arrived at `arrivedAt`, and how many the reader had to leave out before them. */
  push(lines: readonly LogLine[], arrivedAt: number, dropped = 0): void {
    for (const line of lines) this.#lines.push(line);
    this.#skipped += dropped;
    const newest = lines.at(-1);
    if (newest) this.#lagMs = Math.max(0, arrivedAt - newest.at);
  }

  /** How old the newest line was when it arrived: how far the reader is behind. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Lines that the reader left out to keep up, since the start. */
  get skipped(): number {
    return this.#skipped;
  }

  /** How many lines ever came. The number of a line is its place in this count, so that it survives the buffer. */
  get total(): number {
    return this.#lines.dropped + this.#lines.length;
  }

  /**
   * The last `height` lines that match, up to and with line number `end` (counted from 0; undefined follows the
   * newest). Looks backwards and stops as soon as the page is full.
   */
  page(filter: LogFilter, height: number, end?: number): LogPage {
    const matches = matcher(filter);
    const newest = this.total - 1;
    const from = end === undefined ? newest : Math.max(this.#lines.dropped, Math.min(end, newest));
    const lines: LogLine[] = [];
    for (let number = from; number >= this.#lines.dropped && lines.length < height; number--) {
      const line = this.#at(number);
      if (line && matches(line)) lines.push(line);
    }
    let newer = 0;
    for (let number = from + 1; number <= newest; number++) if (matches(this.#at(number)!)) newer += 1;
    return { lines: lines.reverse(), newer };
  }

  /** Number of the line that matches `count` lines before (negative) or after line `number`; it stops at the ends. */
  step(filter: LogFilter, number: number, count: number): number {
    const matches = matcher(filter);
    const direction = Math.sign(count);
    let left = Math.abs(count);
    let found = number;
    for (let at = number + direction; left > 0; at += direction) {
      if (at < this.#lines.dropped || at >= this.total) break;
      if (!matches(this.#at(at)!)) continue;
      found = at;
      left -= 1;
    }
    return found;
  }

  #at(number: number): LogLine | undefined {
    return this.#lines.at(number - this.#lines.dropped);
  }
}

function matcher({ level, source, text }: LogFilter): (line: LogLine) => boolean {
  const least = LOG_LEVELS.indexOf(level);
  const wanted = text?.toLowerCase();
  return (line) =>
    LOG_LEVELS.indexOf(line.level) >= least &&
    (source === undefined || line.instance === source || line.service === source) &&
    (!wanted ||
      line.message.toLowerCase().includes(wanted) ||
      line.instance.includes(wanted) ||
      line.context.toLowerCase().includes(wanted));
}
