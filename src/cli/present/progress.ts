import type { Clock } from "../../core/clock.ts";
import { duration } from "./numbers.ts";

/** Lines on stderr are redrawn no more often than this. */
const REDRAW_MS = 100;

export interface Progress {
  /** `done` of `total`, in the unit of the whole; `note` is shown behind the bar. */
  update(done: number, total: number, note?: string): void;
  /** Wipes the line. */
  end(): void;
}

/** A bar with rate and time left on stderr; silent when stderr is no terminal. */
export function progressBar(label: string, unit: string, clock: Clock, stream = process.stderr): Progress {
  if (!stream.isTTY) return { update: () => {}, end: () => {} };
  const started = clock.monotonic();
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    update(done, total, note = "") {
      const now = clock.monotonic();
      if (now - drawn < REDRAW_MS && done < total) return;
      drawn = now;
      const rate = done / Math.max(1e-3, (now - started) / 1000);
      const left = done > 0 ? duration(((total - done) / rate) * 1000) : "?";
      const filled = Math.round((24 * done) / Math.max(total, 1));
      const bar = `${"█".repeat(filled)}${"░".repeat(Math.max(0, 24 - filled))}`;
      const percent = `${Math.floor((100 * done) / Math.max(total, 1))} %`.padStart(5);
      const line = `${label} ${bar}${percent}  ${short(rate)} ${unit}/s  ${left} left ${note}`;
      stream.write(`\r\u001B[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    end() {
      stream.write("\r\u001B[2K");
    },
  };
}

function short(value: number): string {
  const [scale, letter] = value >= 1e9 ? [1e9, "G"] : value >= 1e6 ? [1e6, "M"] : value >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${(value / scale).toFixed(value >= 10 * scale ? 0 : 1)}${letter}`;
}
