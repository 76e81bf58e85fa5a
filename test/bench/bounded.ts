import { readFileSync } from "node:fs";
import { type Figure, median, spread } from "./bench.ts";

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Whether `npm run bench -- --long` was asked for: the minutes and counts that the promises name. */
export const isLong = process.env.TTT_BENCH_LONG === "1";

/** A figure that must not exceed a bound. Its ratio is to the bound. */
export function bounded(id: string, values: readonly number[], unit: string, bound: number): Figure {
  const value = median(values);
  return {
    id,
    median: value,
    spread: values.length > 1 ? spread(values) : 0,
    unit,
    ratio: value / bound,
    mark: 1,
    pass: value <= bound,
    repetitions: values.length,
    notes: { atMost: bound },
  };
}

/** Processor time of a process over `seconds`, as a part of one core in percent. */
export async function cpuPercent(pids: readonly number[], seconds: number): Promise<number> {
  const total = () => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const before = total();
  const begun = performance.now();
  await pause(seconds);
  return ((total() - before) / (performance.now() - begun)) * 100;
}

/** With the time of children that have ended. */
function cpuMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) * TICK_MS;
  } catch {
    return 0;
  }
}

export function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
