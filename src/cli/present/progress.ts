import { duration } from "../../backtest/format.ts";
import type { Clock } from "../../core/clock.ts";

/** Lines on stderr are written no more often than this: a bar that is redrawn, or a line of JSON. */
const REDRAW_MS = 100;
const LINE_MS = 500;
const BAR = 20;

export interface Progress {
  /** `done` of `total`, in the unit of the whole; `note` is shown behind the bar. */
  update(done: number, total: number, note?: string): void;
  /** Wipes the line. */
  end(): void;
}

const SILENT: Progress = { update: () => {}, end: () => {} };

/** Progress on stderr: lines of JSON with `json`, a bar in a terminal, nothing otherwise. */
export function progressOf(label: string, unit: string, clock: Clock, json: boolean): Progress {
  if (json) return progressLines(label, clock);
  return process.stderr.isTTY ? progressBar(label, unit, clock) : SILENT;
}

/** `{"event":"progress","what":"sweep","done":12,"total":380,"ratePerSecond":41.2,"secondsLeft":8.9,"note":""}` */
function progressLines(what: string, clock: Clock): Progress {
  const rate = meter(clock, LINE_MS);
  return {
    update(done, total, note = "") {
      const seen = rate(done, total);
      if (seen === undefined) return;
      const line = { event: "progress", what, done, total, ...seen, note };
      process.stderr.write(`${JSON.stringify(line)}\n`);
    },
    end() {},
  };
}

function progressBar(label: string, unit: string, clock: Clock): Progress {
  const rate = meter(clock, REDRAW_MS);
  const stream = process.stderr;
  return {
    update(done, total, note = "") {
      const seen = rate(done, total);
      if (seen === undefined) return;
      const part = total > 0 ? done / total : 0;
      const bar = `${"█".repeat(Math.round(BAR * part))}${"░".repeat(BAR - Math.round(BAR * part))}`;
      const left = seen.secondsLeft === null ? "" : `${duration(1000 * seen.secondsLeft)} left`;
      const line = `${label} ${bar} ${Math.floor(100 * part)} %  ${short(seen.ratePerSecond)} ${unit}/s  ${left}  ${note}`;
      stream.write(`\r\u001B[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    end() {
      stream.write("\r\u001B[2K");
    },
  };
}

/** Rate and time left, or undefined when the last answer was less than `everyMs` ago and this is not the end. */
function meter(clock: Clock, everyMs: number) {
  const started = clock.monotonic();
  let first: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  return (done: number, total: number) => {
    // What was there at the beginning, from an earlier run, took no time of this one.
    first ??= Math.max(0, done - 1);
    const now = clock.monotonic();
    if (now - last < everyMs && done < total) return undefined;
    last = now;
    const ratePerSecond = (done - first) / Math.max(1e-3, (now - started) / 1000);
    return { ratePerSecond, secondsLeft: ratePerSecond > 0 ? (total - done) / ratePerSecond : null };
  };
}

function short(value: number): string {
  const [scale, letter] = value >= 1e9 ? [1e9, "G"] : value >= 1e6 ? [1e6, "M"] : value >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${(value / scale).toFixed(value >= 10 * scale ? 0 : 1)}${letter}`;
}
