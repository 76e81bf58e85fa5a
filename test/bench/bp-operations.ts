import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openLog } from "../../src/runtime/log.ts";
import { SupervisedStack } from "../support/supervised-stack.ts";
import { type Bench, type Figure, median } from "./bench.ts";
import { bounded, cpuPercent, isLong, pause } from "./bounded.ts";

const DAEMONS = ["worker-1", "api", "backtester-1"] as const;
const ROUNDS = isLong ? 10 : 3;
const IDLE_SECONDS = isLong ? 60 : 15;
const LOG_LINES = 50_000;

/** How fast trouble is known and mended, and what watching costs when there is none. */
export const operations: Bench = {
  id: "OP-05",
  title: "hangs and crashes: detection and recovery; the idle supervisor and stack; logs",
  async measure() {
    const stack = new SupervisedStack();
    try {
      await stack.json("up");
      const figures = [...(await idle(stack))];
      for (const name of DAEMONS) figures.push(...(await hang(stack, name)), await crash(stack, name));
      return [...figures, await logThroughput(stack.folder)];
    } finally {
      await stack.close();
    }
  },
};

/** SIGSTOP: until it is called anything but ready, and until a new process is. */
async function hang(stack: SupervisedStack, name: string): Promise<Figure[]> {
  const [known, back]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await stack.view(name);
    const begun = performance.now();
    process.kill(before.pid!, "SIGSTOP");
    await stack.untilView(name, ({ state }) => state !== "ready");
    known.push(performance.now() - begun);
    await stack.untilView(name, ({ state, generation }) => state === "ready" && generation > before.generation);
    back.push(performance.now() - begun);
    await untilStable(stack, name);
  }
  return [
    bounded(`OP-05 hang of ${name} known`, known, "ms", 2_000),
    bounded(`OP-05 hang of ${name} to ready again`, back, "ms", 10_000),
  ];
}

/** SIGKILL to ready again, beside a start of the same daemon that was stopped by hand. */
async function crash(stack: SupervisedStack, name: string): Promise<Figure> {
  const [crashes, starts]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    await stack.json("stop", name);
    const stopped = await stack.view(name);
    const started = performance.now();
    const start = stack.json("start", name, "--no-wait");
    const fresh = await stack.untilView(
      name,
      ({ state, generation }) => state === "starting" && generation > stopped.generation,
    );
    const launched = performance.now();
    await stack.untilView(name, ({ state }) => state === "ready");
    starts.push(performance.now() - launched);
    await start;
    if (launched < started) throw new Error("a start before it was asked for");
    const begun = performance.now();
    process.kill(fresh.pid ?? (await stack.view(name)).pid!, "SIGKILL");
    await stack.untilView(name, ({ state, generation }) => state === "ready" && generation > fresh.generation);
    crashes.push(performance.now() - begun);
    await untilStable(stack, name);
  }
  const ratio = median(crashes) / median(starts);
  return {
    ...bounded(`OP-06 crash of ${name} to ready again`, crashes, "ms", 1.5 * median(starts)),
    ratio,
    mark: 1.5,
    pass: ratio <= 1.5,
    notes: { plainStartMs: Math.round(median(starts)) },
  };
}

/** A second end within moments of the first is delayed longer, on purpose: each round is to be a first one. */
async function untilStable(stack: SupervisedStack, name: string): Promise<void> {
  await stack.json("stop", name);
  await stack.json("start", name);
}

async function idle(stack: SupervisedStack): Promise<Figure[]> {
  await pause(5);
  const { supervisor, instances } = await stack.snapshot();
  const pids = instances.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  const alone = await cpuPercent([supervisor.pid], IDLE_SECONDS);
  const whole = await cpuPercent([supervisor.pid, ...pids], IDLE_SECONDS);
  return [
    bounded("OP-05 supervisor idle", [alone], "% of a core", 2),
    bounded("OP-05 stack idle, a worker trading 20 bars a second", [whole], "% of a core", 40),
  ];
}

/** Lines through the one sink: redacted, rotated, on disk. */
async function logThroughput(folder: string): Promise<Figure> {
  const path = join(folder, "bench.log");
  const begun = performance.now();
  const log = openLog(
    path,
    { service: "bench", instance: "bench" },
    { level: "info", maxBytes: 10_000_000, maxFiles: 5 },
  );
  for (let line = 0; line < LOG_LINES; line++) log.info("order accepted by the venue", { order: `o-${line}`, line });
  log.close();
  const perLine = ((performance.now() - begun) * 1_000) / LOG_LINES;
  if (!existsSync(path) || !readFileSync(path, "utf8").includes(`o-${LOG_LINES - 1}`))
    throw new Error("lines are missing");
  return bounded("OP-10 one log line", [perLine], "µs", 100);
}
