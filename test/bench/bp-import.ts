import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importBars } from "../../src/actions/import-bars.ts";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { fileBarStore } from "../../src/adapters/files/file-bar-store.ts";
import { csvHeader, csvRow } from "../../src/backtest/data/csv-writer.ts";
import { syntheticBars } from "../../src/backtest/data/synthetic-bars.ts";
import { type Bench, median, spread } from "./bench.ts";

const MEGABYTE = 1_000_000;
const MARK_MB_PER_SECOND = 60;
const REPETITIONS = 7;
/** Rows of the file that is timed, and how many times as long the file is whose memory is watched. */
const ROWS = 1_000_000;
const LONGER = 4;
/** Of the long file, at most in memory: buffers that the collector has not come to yet. Who held it would need all of it. */
const HELD_SHARE = 0.5;

/** Import of a CSV file into the store, on one core: speed, and memory that does not grow with the file. */
export const csvImport: Bench = {
  id: "BP-05",
  title: "CSV import into the store",
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), "ttt-bench-"));
    try {
      const short = join(folder, "short.csv");
      writeRows(short, 1);
      const long = join(folder, "long.csv");
      writeRows(long, LONGER);
      const bytes = statSync(short).size;
      const sources = { bars: fileBarStore(join(folder, "store")), files: fileBarFiles };
      const rates: number[] = [];
      const shortPeak = await peakDuring(() => importBars({ path: short, name: "short" }, sources));
      for (let i = -2; i < REPETITIONS; i++) {
        const begin = processorSeconds();
        await importBars({ path: short, name: "short" }, sources);
        if (i >= 0) rates.push(bytes / MEGABYTE / (processorSeconds() - begin));
      }
      const longPeak = await peakDuring(() => importBars({ path: long, name: "long" }, sources));
      const ratio = median(rates) / MARK_MB_PER_SECOND;
      const bounded = longPeak <= HELD_SHARE * LONGER * bytes;
      return [
        {
          id: "BP-05",
          median: median(rates),
          spread: spread(rates),
          unit: "MB/s",
          ratio,
          mark: 1,
          pass: ratio >= 1 && bounded,
          repetitions: REPETITIONS,
          notes: {
            fileMB: Math.round(bytes / MEGABYTE),
            peakMB: Math.round(shortPeak / MEGABYTE),
            peakOfFourTimesTheFileMB: Math.round(longPeak / MEGABYTE),
          },
        },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** What all threads of the process have spent: on one core, the time it takes when nothing else runs. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Memory above what was in use before, looked at every 20 ms. */
async function peakDuring(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  await work().finally(() => clearInterval(timer));
  return peak - before;
}

function writeRows(path: string, times: number): void {
  writeFileSync(path, csvHeader);
  const columns = syntheticBars({ bars: ROWS, seed: 3 });
  const span = columns.time.at(-1)! - columns.time[0]! + 60_000;
  for (let copy = 0; copy < times; copy++) {
    for (let start = 0; start < ROWS; start += 50_000) {
      let text = "";
      for (let row = start; row < start + 50_000; row++) text += csvRow(columns, row);
      appendFileSync(path, text);
    }
    for (let row = 0; row < ROWS; row++) columns.time[row]! += span;
  }
}
