import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateBars } from "../../src/actions/generate-bars.ts";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { fileBarStore } from "../../src/adapters/files/file-bar-store.ts";
import { type Bench, type Figure, median, spread } from "./bench.ts";

const root = join(import.meta.dirname, "..", "..");
const BARS = 100_000;
const REPETITIONS = 15;
/** How many times as long as an empty Node a run may take, from the store and from a CSV file. */
const STORE_MARK = 5;
const CSV_MARK = 10;

/** `ttt backtest run` from the start of the process to the last line of the statistics, beside `node -e 0`. */
export const command: Bench = {
  id: "BP-04",
  title: "ttt backtest run, 100,000 bars, from the start of the process to printed statistics",
  async measure() {
    if (!existsSync(join(root, "dist", "run.js")))
      spawnSync(process.execPath, ["build.ts"], { cwd: root, stdio: "ignore" });
    const home = mkdtempSync(join(tmpdir(), "ttt-bench-"));
    try {
      const store = fileBarStore(join(home, "data"));
      await generateBars("bench", { bars: BARS, seed: 11 }, store);
      const csv = join(home, "bench.csv");
      await fileBarFiles.write(csv, (await store.read("bench"))!.columns);
      return [await against("BP-04 store", "bench", STORE_MARK, home), await against("BP-04 csv", csv, CSV_MARK, home)];
    } finally {
      rmSync(home, { recursive: true });
    }
  },
};

async function against(id: string, data: string, mark: number, home: string): Promise<Figure> {
  const run = ["backtest", "run", "sma-cross", "--data", data, "--param", "units=1"];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = -2; i < REPETITIONS; i++) {
    const empty = await timeUntil("node", ["-e", "0"], home);
    const whole = await timeUntil(join(root, "bin", "ttt"), run, home, "Run ");
    if (i < 0) continue;
    ours.push(whole);
    theirs.push(empty);
  }
  const ratio = median(ours.map((one, i) => one / theirs[i]!));
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

/** Milliseconds until a program has written these words, or has ended when none are given. */
function timeUntil(program: string, args: readonly string[], home: string, words?: string): Promise<number> {
  const path = `${join(root, "node_modules", ".bin")}:${process.env.PATH}`;
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(program, args, {
      env: { ...process.env, PATH: path, TTT_HOME: home },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let written = "";
    let seen: number | undefined;
    child.stdout.on("data", (chunk: Buffer) => {
      written += chunk.toString();
      if (words !== undefined && seen === undefined && written.includes(words)) seen = performance.now() - begin;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const time = words === undefined ? performance.now() - begin : seen;
      if (code === 0 && time !== undefined) resolve(time);
      else reject(new Error(`${program} ended with ${code} and wrote ${written.slice(0, 200)}`));
    });
  });
}
