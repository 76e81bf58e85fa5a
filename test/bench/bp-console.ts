import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../support/bundle.ts";
import { SupervisedStack } from "../support/supervised-stack.ts";
import { Terminal } from "../support/terminal.ts";
import type { Bench, Figure } from "./bench.ts";
import { bounded, cpuPercent, isLong, pause, residentBytes } from "./bounded.ts";

const root = join(import.meta.dirname, "..", "..");
const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
] as const;
const STARTS = 10;
const SECONDS = isLong ? 60 : 10;
const MEMORY_SECONDS = isLong ? 600 : 20;
/** Until the ring of lines is full and V8's heap has found its size. */
const SETTLE_SECONDS = isLong ? 180 : 75;
/** The ring of 20,000 lines is some 4 MB; the heap swings by as much once it has found its size, and more before. */
const MEMORY_BYTES = isLong ? 20e6 : 60e6;
const GREATEST_BYTES = 256e6;
/** Lines written between two frames, and the frame that shows them. */
const LAG_MS = 1_000;
const FRAME_BYTES = 4;

/** The console's costs over a made-up stack, and idle beside one that trades. */
export const consoleCosts: Bench = {
  id: "OC-02",
  title: "the console: first frame, idle, a flood of log lines, memory",
  async measure() {
    const script = await bundle("test/support/console-on-synthetic-stack.ts");
    const figures: Figure[] = [await firstFrame()];
    for (const size of SIZES) figures.push(...(await flood(script, size)));
    figures.push(...(await memory(script)));
    return [...figures, ...(await idleBesideTrading())];
  },
};

/** From the start of the process to a whole screen, of the built `ttt` without a stack. */
async function firstFrame(): Promise<Figure> {
  const times: number[] = [];
  const home = mkdtempSync(join(tmpdir(), "ttt-bench-"));
  for (let start = 0; start < STARTS; start++) {
    const begun = performance.now();
    await using terminal = new Terminal(join(root, "bin", "ttt"), [], { env: { TTT_HOME: home } });
    await terminal.waitFor("K KILL");
    times.push(performance.now() - begun);
    terminal.type("q");
    await terminal.exited;
  }
  rmSync(home, { recursive: true });
  return bounded("OC-02 first frame", times, "ms", 400);
}

/** Nobody at the keyboard, a worker that trades: prices and profits move, nothing else does. */
async function idleBesideTrading(): Promise<Figure[]> {
  const stack = new SupervisedStack();
  try {
    await stack.json("up");
    const figures: Figure[] = [];
    for (const size of SIZES) {
      await using terminal = new Terminal(stack.bin, [], { ...size, env: { TTT_HOME: stack.home } });
      await terminal.waitFor("worker-1");
      // Until it is unattended, and what was compiled is.
      await pause(12);
      const share = await cpuPercent([terminal.pid], SECONDS);
      figures.push(bounded(`OC-02 idle ${at(size)}`, [share], "% of a core", 1));
      terminal.type("q");
      await terminal.exited;
    }
    return figures;
  } finally {
    await stack.close();
  }
}

async function flood(script: string, size: (typeof SIZES)[number]): Promise<Figure[]> {
  await using terminal = new Terminal(process.execPath, [script, JSON.stringify({ linesPerSecond: 2_000 })], size);
  await terminal.waitFor("worker-1");
  terminal.type("3");
  await terminal.waitFor("following");
  const [bytes, frames] = [terminal.bytesWritten, terminal.framesWritten];
  const share = await cpuPercent([terminal.pid], SECONDS);
  const drawn = Math.max(1, terminal.framesWritten - frames);
  const perFrame = (terminal.bytesWritten - bytes) / drawn;
  return [
    bounded(`OC-02 2,000 log lines/s ${at(size)}`, [share], "% of a core", 20),
    bounded(`OC-02 lag under the flood ${at(size)}`, [lagOf(terminal)], "ms", LAG_MS),
    bounded(`OC-02 bytes a frame ${at(size)}`, [perFrame], "bytes", size.columns * size.rows * FRAME_BYTES),
    bounded(`OC-02 processor time a frame ${at(size)}`, [(share * SECONDS * 10) / drawn], "ms", 20),
  ];
}

/** How old the newest line on the screen is, unless a badge says that the reader is behind. */
function lagOf(terminal: Terminal): number {
  const rows = terminal.lines();
  if (rows.some((row) => / behind|left out/.test(row))) return 0;
  const times = rows.flatMap((row) => /^(\d\d):(\d\d):(\d\d) /.exec(row)?.slice(1).map(Number) ?? []);
  const [hours = 0, minutes = 0, seconds = 0] = times.slice(-3);
  const now = new Date();
  const since = now.getUTCHours() * 3_600 + now.getUTCMinutes() * 60 + now.getUTCSeconds();
  return Math.max(0, since - (hours * 3_600 + minutes * 60 + seconds)) * 1_000;
}

/**
 * What is held, before and after: the least of each half. Between two collections of its old generation V8 lets
 * resident memory swing by 100 MB, whenever one looks; the swing itself is bounded by the greatest.
 */
async function memory(script: string): Promise<Figure[]> {
  const busy = JSON.stringify({ linesPerSecond: 2_000, moving: true });
  await using terminal = new Terminal(process.execPath, [script, busy], SIZES[1]);
  await terminal.waitFor("worker-1");
  terminal.type("3");
  await pause(SETTLE_SECONDS);
  const samples: number[] = [];
  for (let second = 0; second < MEMORY_SECONDS; second++) {
    samples.push(residentBytes(terminal.pid));
    await pause(1);
  }
  const half = samples.length / 2;
  const grown = Math.max(0, Math.min(...samples.slice(half)) - Math.min(...samples.slice(0, half)));
  const span = `${MEMORY_SECONDS} s of flood`;
  return [
    bounded(`OC-02 growth of held memory in ${span}`, [grown], "bytes", MEMORY_BYTES),
    bounded(`OC-02 greatest memory in ${span}`, [Math.max(...samples)], "bytes", GREATEST_BYTES),
  ];
}

const at = ({ columns, rows }: { columns: number; rows: number }) => `${columns}x${rows}`;
