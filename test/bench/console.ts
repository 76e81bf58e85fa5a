// What the console costs: its first frame, an idle minute, a flood of log lines, its memory over time.
// `node test/bench/console.ts [seconds] [minutes of memory]`; each measurement says what it may be at most.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../support/bundle.ts";
import { Terminal } from "../support/terminal.ts";

export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atMost: number;
}

const root = join(import.meta.dirname, "..", "..");
const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
] as const;
const STARTS = 10;
const MEMORY_SETTLES_SECONDS = 180;
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** All measurements, the idle and the busy ones over `seconds` each. */
export async function benchConsole(seconds: number): Promise<readonly Measurement[]> {
  const script = await bundle("test/support/console-on-synthetic-stack.ts");
  const measured: Measurement[] = [await firstFrame()];
  for (const size of SIZES) {
    const at = `${size.columns}x${size.rows}`;
    measured.push(await idle(script, size, at, seconds), ...(await flood(script, size, at, seconds)));
  }
  return measured;
}

/** From the start of the process to a whole screen, of the built `ttt` without a stack: the median. */
async function firstFrame(): Promise<Measurement> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const begun = performance.now();
    await using terminal = new Terminal(join(root, "bin", "ttt"), [], {
      env: { TTT_HOME: join(root, "no-such-home") },
    });
    await terminal.waitFor("K KILL");
    times.push(performance.now() - begun);
    terminal.type("q");
    await terminal.exited;
  }
  return { name: "console first frame", value: median(times), unit: "ms", atMost: 400 };
}

async function idle(
  script: string,
  size: { columns: number; rows: number },
  at: string,
  seconds: number,
): Promise<Measurement> {
  await using terminal = new Terminal(process.execPath, [script, "{}"], size);
  await terminal.waitFor("worker-1");
  const share = await cpuShare(terminal, seconds);
  return { name: `console idle ${at}`, value: share * 100, unit: "% of a core", atMost: 1 };
}

async function flood(
  script: string,
  size: { columns: number; rows: number },
  at: string,
  seconds: number,
): Promise<readonly Measurement[]> {
  await using terminal = new Terminal(process.execPath, [script, JSON.stringify({ linesPerSecond: 2_000 })], size);
  await terminal.waitFor("worker-1");
  terminal.type("3");
  await terminal.waitFor("following");
  const bytes = terminal.bytesWritten;
  const share = await cpuShare(terminal, seconds);
  return [
    { name: `console 2,000 log lines/s ${at}`, value: share * 100, unit: "% of a core", atMost: 20 },
    {
      name: `console bytes/s under the flood ${at}`,
      value: (terminal.bytesWritten - bytes) / seconds,
      unit: "bytes/s",
      atMost: size.columns * size.rows * 4 * 10,
    },
  ];
}

/** Growth of memory over `minutes` of flood, once the ring of lines and V8's heap have found their size. */
export async function benchConsoleMemory(minutes: number): Promise<Measurement> {
  const script = await bundle("test/support/console-on-synthetic-stack.ts");
  const busy = JSON.stringify({ linesPerSecond: 2_000, moving: true });
  await using terminal = new Terminal(process.execPath, [script, busy], SIZES[1]);
  await terminal.waitFor("worker-1");
  terminal.type("3");
  await wait(MEMORY_SETTLES_SECONDS);
  const before = residentBytes(terminal.pid);
  await wait(minutes * 60);
  const value = (residentBytes(terminal.pid) - before) / 1e6;
  return { name: `console memory growth in ${minutes} min of flood`, value, unit: "MB", atMost: 20 };
}

/** Processor time over wall time, both of the same stretch, after the start has settled. */
async function cpuShare(terminal: Terminal, seconds: number): Promise<number> {
  await wait(2);
  const before = cpuMs(terminal.pid);
  const begun = performance.now();
  await wait(seconds);
  return (cpuMs(terminal.pid) - before) / (performance.now() - begun);
}

function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

if (import.meta.main) {
  const [seconds = 60, minutes = 0] = process.argv.slice(2).map(Number);
  const measured = [...(await benchConsole(seconds))];
  if (minutes > 0) measured.push(await benchConsoleMemory(minutes));
  for (const { name, value, unit, atMost } of measured) {
    console.log(`${value <= atMost ? "ok  " : "OVER"} ${name}: ${value.toFixed(1)} ${unit} (at most ${atMost})`);
    if (value > atMost) process.exitCode = 1;
  }
}
