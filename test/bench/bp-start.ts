import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";
import type { Bench, Figure } from "./bench.ts";
import { besideNode, bin, buildOnce, timeUntil } from "./start-up.ts";

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
    buildOnce();
    const home = mkdtempSync("/tmp/ttt-bench-");
    const env = { ...process.env, TTT_HOME: home, TTT_PAPER_BARS_PER_SECOND: "1" };
    await timeUntil(bin, ["up", "--json"], env);
    try {
      const figures: Figure[] = [];
      for (const [name, args] of Object.entries(PLAIN)) {
        figures.push(await besideNode(`OM-06 ${name}`, PLAIN_MARK, () => timeUntil(bin, args, env), env));
      }
      figures.push(await besideNode("OM-06 kill", KILL_MARK, (turn) => timeToFirstWrite(home, turn, env), env));
      return figures;
    } finally {
      await timeUntil(bin, ["down", "--json"], env);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

/** Where nothing that is traded lies in the scope, a kill is stored and ends so. */
const STOPPED_NOBODY = EXIT_CODES.killResidualOrders.code;

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
      if (code === STOPPED_NOBODY && written !== undefined) resolve(written);
      else reject(new Error(`ttt kill ended with ${code}, ${written === undefined ? "and no file was written" : ""}`));
    });
  });
}
