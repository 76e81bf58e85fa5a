import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateBars } from "../../src/actions/generate-bars.ts";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { fileBarStore } from "../../src/adapters/files/file-bar-store.ts";
import type { Bench } from "./bench.ts";
import { besideNode, bin, buildOnce, timeUntil } from "./start-up.ts";

const BARS = 100_000;
/** How many times as long as an empty Node a run may take, from the store and from a CSV file. */
const STORE_MARK = 5;
const CSV_MARK = 10;

/** `ttt backtest run` from the start of the process to the last line of the statistics, beside `node -e 0`. */
export const command: Bench = {
  id: "BP-04",
  title: "ttt backtest run, 100,000 bars, from the start of the process to printed statistics",
  async measure() {
    buildOnce();
    const home = mkdtempSync(join(tmpdir(), "ttt-bench-"));
    const env = { ...process.env, TTT_HOME: home };
    const run = (data: string) => () =>
      timeUntil(bin, ["backtest", "run", "sma-cross", "--data", data, "--param", "units=1"], env, "Run ");
    try {
      const store = fileBarStore(join(home, "data"));
      await generateBars("bench", { bars: BARS, seed: 11 }, store);
      const csv = join(home, "bench.csv");
      await fileBarFiles.write(csv, (await store.read("bench"))!.columns);
      return [
        await besideNode("BP-04 store", STORE_MARK, run("bench"), env),
        await besideNode("BP-04 csv", CSV_MARK, run(csv), env),
      ];
    } finally {
      rmSync(home, { recursive: true });
    }
  },
};
