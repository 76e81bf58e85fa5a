import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RotatingFile } from "../../src/adapters/files/rotating-file.ts";
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
const LINES_A_SECOND = 2_000;
const MEMORY_SECONDS = isLong ? 600 : 60;
/** Until the ring of lines is full, what runs often is compiled, and the old generation was collected once or twice. */
const SETTLE_SECONDS = isLong ? 180 : 30;
/** A third of a long run holds at least one more of its collections. */
const SPANS = 3;
/** The old generation swings by as much between two of its collections. */
const MEMORY_BYTES = isLong ? 20e6 : 40e6;
const GREATEST_BYTES = 192e6;
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
    return [...figures, ...(await besideTrading())];
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

async function besideTrading(): Promise<Figure[]> {
  const stack = new SupervisedStack();
  try {
    await stack.json("up");
    const figures: Figure[] = [];
    for (const size of SIZES) figures.push(await idle(stack, size));
    return [...figures, ...(await memory(stack))];
  } finally {
    await stack.close();
  }
}

/** Nobody at the keyboard, a worker that trades: prices and profits move, nothing else does. */
async function idle(stack: SupervisedStack, size: (typeof SIZES)[number]): Promise<Figure> {
  await using terminal = new Terminal(stack.bin, [], { ...size, env: { TTT_HOME: stack.home } });
  await terminal.waitFor("worker-1");
  // Until it is unattended, and what was compiled is.
  await pause(12);
  const share = await cpuPercent([terminal.pid], SECONDS);
  terminal.type("q");
  await terminal.exited;
  return bounded(`OC-02 idle ${at(size)}`, [share], "% of a core", 1);
}

async function flood(script: string, size: (typeof SIZES)[number]): Promise<Figure[]> {
  await using terminal = new Terminal(
    process.execPath,
    [script, JSON.stringify({ linesPerSecond: LINES_A_SECOND })],
    size,
  );
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
 * The built `ttt` shows a log that is flooded, read from its file, beside a stack that trades. Between two collections
 * memory only grows, so what tells of a leak is whether the least of a span of time rises from the first to any later.
 */
async function memory(stack: SupervisedStack): Promise<Figure[]> {
  await using terminal = new Terminal(stack.bin, [], { ...SIZES[1], env: { TTT_HOME: stack.home } });
  await terminal.waitFor("worker-1");
  terminal.type("3");
  await terminal.waitFor("following");
  const stop = floodFile(join(stack.home, "logs", "flood.log"));
  await pause(SETTLE_SECONDS);
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(residentBytes(terminal.pid)), 1_000);
  const share = await cpuPercent([terminal.pid], MEMORY_SECONDS);
  clearInterval(sampling);
  stop();
  const length = Math.ceil(samples.length / SPANS);
  const [first = 0, ...later] = Array.from({ length: SPANS }, (_, span) =>
    Math.min(...samples.slice(span * length, (span + 1) * length)),
  );
  const span = `${MEMORY_SECONDS} s of flood`;
  return [
    bounded(`OC-02 growth of held memory in ${span}`, [Math.max(0, ...later) - first], "bytes", MEMORY_BYTES),
    bounded(`OC-02 greatest memory in ${span}`, [Math.max(...samples)], "bytes", GREATEST_BYTES),
    bounded(`OC-02 ${span}, read from a file`, [share], "% of a core", 20),
  ];
}

/** Writes lines as a daemon does, until it is told to stop. */
function floodFile(path: string): () => void {
  const file = new RotatingFile(path, { maxBytes: 8e6, maxFiles: 3 });
  const begun = performance.now();
  let written = 0;
  const writing = setInterval(() => {
    const due = ((performance.now() - begun) / 1_000) * LINES_A_SECOND;
    for (; written < due; written++) {
      const context = { order: `order-${written}`, strategy: "sma-cross", partition: "paper:BTC-USD" };
      const level = written % 40 === 0 ? "warn" : "info";
      const record = { time: new Date().toISOString(), level, service: "flood", msg: "order accepted", ...context };
      file.write(`${JSON.stringify(record)}\n`);
    }
  }, 20);
  return () => {
    clearInterval(writing);
    file.close();
  };
}

const at = ({ columns, rows }: { columns: number; rows: number }) => `${columns}x${rows}`;
