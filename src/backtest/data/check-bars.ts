import type { RowBatch } from "./csv-parser.ts";
import type { OddTime } from "./local-clock.ts";
import { StepWatch } from "./step-watch.ts";

/** What can be wrong with a bar. Errors stop an import and a run; warnings are only reported. */
export const BAR_ERRORS = [
  "missing",
  "not-a-number",
  "out-of-order",
  "duplicate-time",
  "skipped-hour",
  "high-below-low",
] as const;
export const BAR_WARNINGS = [
  "ambiguous-hour",
  "outside-range",
  "not-positive",
  "negative-volume",
  "gap",
  "spacing-change",
  "uneven-spacing",
  "outlier",
] as const;
export type BarProblem = (typeof BAR_ERRORS)[number] | (typeof BAR_WARNINGS)[number];

export interface BarIssue {
  readonly problem: BarProblem;
  /** The bar, counted from 0. */
  readonly row: number;
  /** The line of the file, from 1, where the bars come from a text file. */
  readonly line?: number;
  readonly column: string;
  /** The offending value or times, in words. */
  readonly found: string;
}

export interface BarReport {
  readonly rows: number;
  /** The first issues of each kind, in the order of the rows. */
  readonly issues: readonly BarIssue[];
  /** How often each problem occurs; problems that do not occur are left out. */
  readonly counts: Partial<Record<BarProblem, number>>;
  readonly errors: number;
  readonly warnings: number;
}

/** Issues kept word for word of each kind. The counts go on. */
const MAX_ISSUES_OF_A_KIND = 20;
/** A bar this many times larger than the usual move is reported as an outlier. */
const OUTLIER_FACTOR = 20;
/** How quickly the usual move follows the data: the weight of one bar. */
const USUAL_MOVE_WEIGHT = 1 / 200;
/** Bars that must have been seen before a move can be called unusual. */
const OUTLIER_WARM_UP = 100;

type BarRows = Omit<RowBatch, "line"> & { readonly line?: Float64Array };
const COLUMNS = ["time", "open", "high", "low", "close", "volume"] as const;

/** Checks bars as they stream by, batch after batch, in memory that does not grow with them. */
export class BarChecker {
  readonly #issues: BarIssue[] = [];
  readonly #counts: Partial<Record<BarProblem, number>> = {};
  #rows = 0;
  #lastTime = Number.NEGATIVE_INFINITY;
  #lastClose = Number.NaN;
  #usualMove = 0;
  #moves = 0;
  #stepMs: number | undefined;
  readonly #steps = new StepWatch();
  /** The spacing of the bars in milliseconds when it is known: then holes longer than three bars are reported. */
  readonly #expectedStepMs: number | undefined;

  constructor(expectedStepMs?: number) {
    this.#expectedStepMs = expectedStepMs;
  }

  /** `textOf` finds the words of a field that could not be read, to show them. */
  add(batch: BarRows, textOf?: (line: number, column: string) => string | undefined): void {
    const { time, open, high, low, close, volume, count } = batch;
    for (let i = 0; i < count; i++) {
      // One sum finds any NaN: the common case costs a single comparison.
      const sum = time[i]! + open[i]! + high[i]! + low[i]! + close[i]! + volume[i]!;
      if (!Number.isFinite(sum)) this.#noteUnreadable(batch, i, textOf);
      if (time[i]! <= this.#lastTime) this.#noteOrder(batch, i);
      else if (time[i]! > this.#lastTime) this.#advance(batch, i);
      if (high[i]! < low[i]!) this.#note("high-below-low", batch, i, "high", `high ${high[i]} below low ${low[i]}`);
      else this.#checkRange(batch, i);
      if (volume[i]! < 0) this.#note("negative-volume", batch, i, "volume", String(volume[i]));
      this.#checkMove(batch, i);
    }
    this.#rows += count;
  }

  /** Takes in what was odd about local times, once all rows are there. */
  addOddTimes(times: readonly OddTime[]): void {
    for (const { oddity: problem, row, line, words: found } of times) {
      const count = (this.#counts[problem] ?? 0) + 1;
      this.#counts[problem] = count;
      if (count > MAX_ISSUES_OF_A_KIND) continue;
      this.#issues.push({ problem, row, ...(line !== undefined && { line }), column: "time", found });
    }
    this.#issues.sort((a, b) => a.row - b.row);
  }

  report(): BarReport {
    const total = (problems: readonly BarProblem[]) => problems.reduce((sum, one) => sum + (this.#counts[one] ?? 0), 0);
    return {
      rows: this.#rows,
      issues: this.#issues,
      counts: this.#counts,
      errors: total(BAR_ERRORS),
      warnings: total(BAR_WARNINGS),
    };
  }

  #noteUnreadable(batch: BarRows, i: number, textOf?: (line: number, column: string) => string | undefined): void {
    for (const column of COLUMNS) {
      const value = batch[column][i]!;
      if (Number.isFinite(value)) continue;
      const text = batch.line === undefined ? undefined : textOf?.(batch.line[i]!, column);
      const missing = Number.isNaN(value) && (text === undefined || /^(null|none|n\/?a|nan|-|\.)$/i.test(text));
      if (missing) this.#note("missing", batch, i, column, text === undefined ? "nothing" : `"${text}"`);
      else this.#note("not-a-number", batch, i, column, text === undefined ? String(value) : `"${text}"`);
    }
  }

  #noteOrder(batch: BarRows, i: number): void {
    const time = batch.time[i]!;
    if (time === this.#lastTime) this.#note("duplicate-time", batch, i, "time", `${iso(time)} again`);
    else this.#note("out-of-order", batch, i, "time", `${iso(time)} after ${iso(this.#lastTime)}`);
  }

  #advance(batch: BarRows, i: number): void {
    const time = batch.time[i]!;
    const step = time - this.#lastTime;
    const odd = Number.isFinite(step) ? this.#steps.add(step) : undefined;
    if (odd !== undefined) this.#note(odd.problem, batch, i, "time", `${iso(time)}: ${odd.found}`);
    const usual = this.#steps.usual ?? this.#expectedStepMs ?? this.#stepMs;
    // Nights, weekends and holidays are no holes, so only intraday holes shorter than a day are told apart from them.
    if (
      usual !== undefined &&
      step < Infinity &&
      step > usual * 3 &&
      (step < 6 * HOUR_MS || step > 5 * Math.max(usual, DAY_MS))
    ) {
      const bars = Math.round(step / usual) - 1;
      this.#note("gap", batch, i, "time", `${bars} bars missing between ${iso(this.#lastTime)} and ${iso(time)}`);
    }
    if (Number.isFinite(step)) this.#stepMs = Math.min(this.#stepMs ?? step, step);
    this.#lastTime = time;
  }

  #checkRange(batch: BarRows, i: number): void {
    const open = batch.open[i]!;
    const high = batch.high[i]!;
    const low = batch.low[i]!;
    const close = batch.close[i]!;
    if (open > high || open < low) this.#note("outside-range", batch, i, "open", `${open} outside ${low} to ${high}`);
    if (close > high || close < low)
      this.#note("outside-range", batch, i, "close", `${close} outside ${low} to ${high}`);
    if (low <= 0) this.#note("not-positive", batch, i, "low", String(low));
  }

  /** Compares the move to the close before with the mean size of such moves. */
  #checkMove(batch: BarRows, i: number): void {
    const close = batch.close[i]!;
    const move = Math.abs(Math.log(close / this.#lastClose));
    if (close > 0) this.#lastClose = close;
    if (!Number.isFinite(move)) return;
    const unusual = this.#moves >= OUTLIER_WARM_UP && this.#usualMove > 0 && move > OUTLIER_FACTOR * this.#usualMove;
    if (unusual)
      this.#note("outlier", batch, i, "close", `${close}, a move of ${(100 * Math.expm1(move)).toFixed(1)} %`);
    const weight = Math.max(USUAL_MOVE_WEIGHT, 1 / ++this.#moves);
    // An outlier counts no more than the largest usual move, or one would hide the next.
    this.#usualMove += weight * (Math.min(move, unusual ? OUTLIER_FACTOR * this.#usualMove : move) - this.#usualMove);
  }

  #note(problem: BarProblem, batch: BarRows, i: number, column: string, found: string): void {
    const count = (this.#counts[problem] ?? 0) + 1;
    this.#counts[problem] = count;
    if (count > MAX_ISSUES_OF_A_KIND) return;
    const line = batch.line === undefined ? {} : { line: batch.line[i]! };
    this.#issues.push({ problem, row: this.#rows + i, ...line, column, found });
  }
}

/** Checks columns that are all there. */
export function checkBars(columns: Omit<BarRows, "count" | "line">, expectedStepMs?: number): BarReport {
  const checker = new BarChecker(expectedStepMs);
  checker.add({ ...columns, count: columns.time.length });
  return checker.report();
}

/** One issue as a sentence that names the place: `line 18, high: high 9 below low 10`. */
export function describeIssue(issue: BarIssue): string {
  const place = issue.line === undefined ? `bar ${issue.row}` : `line ${issue.line}`;
  return `${place}, ${issue.column}: ${issue.problem.replaceAll("-", " ")} (${issue.found})`;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The time as people read it; the number itself where it is no date. */
function iso(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString().replace(".000Z", "Z") : String(timeMs);
}
