import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goldenFolder } from "../support/golden.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "bin", "ttt");
const golden = goldenFolder();
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ttt-e2e-"));
  await ttt("data", "generate", "demo", "--bars", "3000", "--interval", "1h");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the built ttt with a home of its own, in a folder that is not the project's. */
async function ttt(...args: string[]) {
  const { exitCode, stdout, stderr } = await execa(bin, args, {
    cwd: folder,
    env: { TTT_HOME: join(folder, "home"), NO_COLOR: "1" },
    reject: false,
  });
  return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** A user's strategy file, with one line of it changed. */
function strategyFile(name: string, onBar = ""): string {
  const path = join(folder, name);
  const text = `import { crossedAbove, crossedBelow, defineStrategy, integer, sma } from "ttt/strategy";
export default defineStrategy({
  name: "mine",
  params: { fast: integer(10, { min: 2, max: 50 }), slow: integer(30) },
  setup({ bars, params }) {
    const [fast, slow] = [sma(bars.close, params.fast), sma(bars.close, params.slow)];
    return (bar, broker) => {
      ${onBar}
      if (broker.position.isFlat) {
        if (crossedAbove(fast, slow)) broker.buy();
      } else if (crossedBelow(fast, slow)) broker.close();
    };
  },
});
`;
  writeFileSync(path, text);
  return path;
}

describe.skipIf(golden === undefined)("the reference run from the command line", () => {
  const options = () => ["--data", join(golden!, "data", "GOOG.csv"), "--cash", "10000", "--commission", "0.001"];
  const params = ["--param", "fast=10", "--param", "slow=30"];

  test("a built-in strategy: 32 closed trades, and the recorded final equity", async () => {
    const { json, exitCode } = await ttt("backtest", "run", "sma-cross", ...options(), ...params, "--json");
    const { data, ok } = json();
    expect([exitCode, ok, data.trades.length]).toEqual([0, true, 32]);
    expect(data.stats.finalEquity).toBeCloseTo(54101.36916, 5);
  });

  test("a user's strategy file outside the project gives the same trades", async () => {
    const own = (await ttt("backtest", "run", strategyFile("mine.ts"), ...options(), ...params, "--json")).json().data;
    const built = (await ttt("backtest", "run", "sma-cross", ...options(), ...params, "--json")).json().data;
    expect(own.trades).toEqual(built.trades);
    expect(own.stats).toEqual(built.stats);
  });

  test("the strategy printed in the documentation gives them too", async () => {
    const docs = readFileSync(join(root, "docs", "backtesting.md"), "utf8");
    writeFileSync(join(folder, "documented.ts"), /```ts\n([\s\S]*?)```/.exec(docs)![1]!);
    const { data } = (await ttt("backtest", "run", "documented.ts", ...options(), ...params, "--json")).json();
    expect(data.trades).toHaveLength(32);
    expect(data.stats.finalEquity).toBeCloseTo(54101.36916, 5);
  });

  test("the summary keeps to 80 columns", async () => {
    const { stdout } = await ttt("backtest", "run", "sma-cross", ...options(), ...params);
    expect(Math.max(...stdout.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(80);
    expect(stdout).toContain("54,101.37");
  });
});

describe("annualisation", () => {
  const bars = (name: string, times: readonly number[]) => {
    const rows = times.map((ms, i) => {
      const close = 100 + 10 * Math.sin(i / 9) + i / 50;
      return `${new Date(ms).toISOString()},${close},${close + 1},${close - 1},${close},10`;
    });
    writeFileSync(join(folder, name), ["time,open,high,low,close,volume", ...rows].join("\n"));
    return name;
  };
  const start = Date.UTC(2020, 0, 5);

  test("days of a currency with a stub on Sundays have 312 bars a year", async () => {
    const days = Array.from({ length: 700 }, (_, i) => start + i * 86_400_000);
    const file = bars(
      "fx.csv",
      days.filter((ms) => new Date(ms).getUTCDay() !== 6),
    );
    const { data } = (await ttt("backtest", "run", "sma-cross", "--data", file, "--json")).json();
    const words = "312 bars of 1d a year (24/5, bars on Sundays)";
    expect(data.stats.annualisation).toEqual({ periodsPerYear: 312, market: "24/5", basis: words });
  });

  test("minutes of an afternoon are not annualised until their market is named; a sweep ranks them all the same", async () => {
    const file = bars(
      "afternoon.csv",
      Array.from({ length: 900 }, (_, i) => start + i * 60_000),
    );
    const run = ["backtest", "run", "sma-cross", "--data", file];
    const { stats } = (await ttt(...run, "--json")).json().data;
    expect(stats).toMatchObject({ sharpe: null, volatility: null, unavailable: { sharpe: "CALENDAR_UNKNOWN" } });
    expect((await ttt(...run)).stdout).toContain("Not annualised: the bars do not show when the market trades");
    const named = (await ttt(...run, "--calendar", "24/7", "--json")).json().data.stats;
    expect(named).toMatchObject({ annualisation: { periodsPerYear: 525_600 }, sharpe: expect.any(Number) });
    const sweep = ["backtest", "sweep", "sma-cross", "--data", file, "--vary", "fast=5..9", "--jobs", "1", "--json"];
    const unnamed = (await ttt(...sweep)).json().data;
    const known = (await ttt(...sweep, "--calendar", "24/7")).json().data;
    expect(unnamed.best.params).toEqual(known.best.params);
    expect(unnamed.best.stats.deflatedSharpe).toBeCloseTo(known.best.stats.deflatedSharpe, 12);
    expect((await ttt(...run, "--calendar", "mars")).exitCode).toBe(2);
  });
});

test.each([
  [["--seed", "x"], "--seed: expected an integer, not x."],
  [["--stall", "0"], "--stall: expected an integer greater than or equal to 1, not 0."],
  [["-p", "fast=5", "-p", "fast=6"], "--param fast is given twice."],
  [["--commission=-0.5"], "commission is a rate of the traded value."],
  [["--slippage=-0.1"], "slippage is a rate of the traded value."],
])("%j is refused in one line", async (options, message) => {
  const { exitCode, json } = await ttt("backtest", "run", "sma-cross", "--data", "demo", ...options, "--json");
  expect([exitCode, json().error.message]).toEqual([2, message]);
});

describe("strategies that fail", () => {
  /** How long one that stands still is looked at. Far more than a busy machine takes for a bar, or to load a file. */
  const STALL = ["--stall", "4"];

  test.each([
    ["throws", 'if (bar.index === 100) throw new Error("ouch");', "STRATEGY_THREW", /at bar 100 .*ouch/],
    ["asks for a size that is no number", "broker.buy({ size: Number.NaN });", "SIZE_INVALID", /at bar 29 /],
    ["looks ahead", "if (bars.close.at(-1) > 0) broker.buy();", "STRATEGY_THREW", /looks ahead/],
    ["never ends", "for (; bar.index === 100; );", "STRATEGY_STUCK", /stuck at bar 100/],
    ["ends the process", "if (bar.index === 100) process.exit(3);", "STRATEGY_EXITED", /process\.exit\(3\) at bar 100/],
    [
      "leaves a rejected promise",
      'if (bar.index === 100) void Promise.reject(new Error("late"));',
      "STRATEGY_THREW",
      /late/,
    ],
    ["does not compile", "const const = 1;", "STRATEGY_NOT_LOADED", /cannot be loaded/],
  ])("a strategy that %s ends with exit code 19 and says where", async (_what, line, code, words) => {
    const file = strategyFile("failing.ts", line);
    const { exitCode, json } = await ttt("backtest", "run", file, "--data", "demo", ...STALL, "--json");
    expect(exitCode).toBe(19);
    expect(json().error).toMatchObject({ code, message: expect.stringMatching(words) });
    // Whoever wrote the file is shown its lines, not the engine's.
    if (code === "STRATEGY_THREW") expect(json().error.hint).toMatch(/^see (\S+failing\.ts:\d+:\d+( < )?)+$/);
  });

  test.each([
    ["loops for ever", "for (;;);", "STRATEGY_STUCK"],
    ["ends the process", "process.exit(4);", "STRATEGY_EXITED"],
  ])("a file that %s while it is loaded fails its run, its sweep and its check alike", async (_what, line, code) => {
    const path = strategyFile("at-load.ts");
    writeFileSync(path, `${line}\n${readFileSync(path, "utf8")}`);
    const sweep = ["backtest", "sweep", path, "--data", "demo", "--vary", "fast=5..6", ...STALL];
    for (const args of [["backtest", "run", path, "--data", "demo", ...STALL], sweep]) {
      const { exitCode, json } = await ttt(...args, "--json");
      expect([exitCode, json().error]).toMatchObject([
        19,
        { code, message: expect.stringMatching("while it was loaded") },
      ]);
    }
  });

  test("in a sweep the others are kept, and each kind of failure is told with its number, its first run and message", async () => {
    const path = strategyFile(
      "some-fail.ts",
      `if (params.fast === 5 && bar.index === 50) process.exit(1);
      if (params.fast > 7) throw new Error("too fast");
      if (params.fast === 7) for (;;);`,
    );
    const sweep = ["backtest", "sweep", path, "--data", "demo", "--vary", "fast=4..10", "--jobs", "1", ...STALL];
    const { stdout, exitCode } = await ttt(...sweep);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("2 runs, 5 failed");
    expect(stdout).toMatch(/3 × STRATEGY_THREW {2}runs, the first at fast 8\n {3}.*too fast/);
    expect(stdout).toMatch(/1 × STRATEGY_EXITED {2}run at fast 5\n {3}.*process\.exit\(1\) at bar 50/);
    expect(stdout).toMatch(/1 × STRATEGY_STUCK {2}run at fast 7/);
    expect(Math.max(...stdout.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(80);
    const { data } = (await ttt(...sweep, "--json")).json();
    await ttt("backtest", "export", data.id, "trials.csv");
    expect(readFileSync(join(folder, "trials.csv"), "utf8")).toMatch(/STRATEGY_THREW,.*too fast/);
  });

  test("what a strategy prints goes to stderr, in a sweep too", async () => {
    const path = strategyFile("prints.ts", 'if (bar.index === 50) console.log("from a bar");');
    writeFileSync(path, `console.log("from the file");\n${readFileSync(path, "utf8")}`);
    const sweep = await ttt(
      "backtest",
      "sweep",
      path,
      "--data",
      "demo",
      "--vary",
      "fast=5..6",
      "--jobs",
      "1",
      "--json",
    );
    expect(sweep.json().data.done).toBe(2);
    expect(sweep.stderr).toContain("from a bar");
    expect((await ttt("strategy", "show", path, "--json")).json().data.name).toBe("mine");
  });

  test("a file that exports no strategy says what it exports", async () => {
    writeFileSync(join(folder, "other.ts"), "export const other = 1;");
    const { exitCode, stderr } = await ttt("backtest", "run", "./other.ts", "--data", "demo");
    expect([exitCode, stderr]).toEqual([19, expect.stringContaining("exports other")]);
  });

  test("a parameter out of its range is a usage error", async () => {
    const { exitCode, stderr } = await ttt("backtest", "run", strategyFile("ok.ts"), "--data", "demo", "-p", "fast=99");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("a whole number from 2 to 50");
  });
});

describe("what a run says beside its figures", () => {
  test("BT-10 a passed check for look-ahead is said", async () => {
    const { stdout } = await ttt("backtest", "run", "sma-cross", "--data", "demo", "--check-lookahead");
    expect(stdout).toContain("No look-ahead: indicators and trades are the same when later bars are cut off.");
  });

  test("BT-08 RC-54 limits of live trading are given by flag or file, and refused orders are listed by code", async () => {
    const run = ["backtest", "run", "sma-cross", "--data", "demo", "--param", "units=5"];
    writeFileSync(join(folder, "limits.json"), '{ "maxOrderNotional": 100, "maxDrawdownRatio": "10%" }');
    const byFlag = await ttt(...run, "--risk", "maxOrderNotional=100", "--risk", "maxDrawdownRatio=0.1", "--json");
    const byFile = await ttt(...run, "--risk-limits", "limits.json", "--json");
    expect(byFile.stdout).toBe(byFlag.stdout);
    const { options, denials, trades } = byFlag.json().data;
    expect(options.risk).toEqual({ limits: { maxOrderNotional: 100, maxDrawdownRatio: 0.1 } });
    expect(trades).toEqual([]);
    expect(new Set(denials.map(({ code }: { code: string }) => code))).toEqual(new Set(["NOTIONAL_ABOVE_MAXIMUM"]));
    const { stdout } = await ttt(...run, "--risk-limits", "limits.json");
    expect(stdout).toContain(`Orders refused: ${denials.length} NOTIONAL_ABOVE_MAXIMUM.`);
    const lifted = await ttt(...run, "--risk-limits", "limits.json", "--risk", "maxOrderNotional=none", "--json");
    expect(lifted.json().data.trades.length).toBeGreaterThan(0);
    for (const wrong of ["maxOrderSize=1", "maxOrderNotional", "maxOrderNotional=much"])
      expect((await ttt(...run, "--risk", wrong)).exitCode).toBe(2);
  });

  test("alpha and beta are measured against a benchmark, of whatever spacing, and it is named", async () => {
    await ttt("data", "generate", "index", "--bars", "200", "--interval", "1d", "--seed", "9");
    const run = ["backtest", "run", "sma-cross", "--data", "demo"];
    const own = (await ttt(...run, "--json")).json().data;
    const against = (await ttt(...run, "--benchmark", "index", "--json")).json().data;
    const { stats } = against;
    expect(against.trades).toEqual(own.trades);
    expect([stats.benchmark, own.stats.benchmark]).toEqual(["index", undefined]);
    expect(own.stats.benchmarkReturn).toBe(own.stats.buyAndHoldReturn);
    expect(stats.benchmarkReturn).not.toBe(own.stats.benchmarkReturn);
    expect(stats.beta).not.toBe(own.stats.beta);
    // Measured against its own bars it is as without any.
    const self = (await ttt(...run, "--benchmark", "demo", "--json")).json().data.stats;
    expect([self.alpha, self.beta]).toEqual([own.stats.alpha, own.stats.beta]);
    expect((await ttt(...run, "--benchmark", "index")).stdout).toMatch(/Alpha and beta against index, which returned/);
    const sweep = ["backtest", "sweep", "sma-cross", "--data", "demo", "--vary", "fast=10,11", "--jobs", "1", "--json"];
    const best = (await ttt(...sweep, "--benchmark", "index")).json().data.best;
    const again = ["--param", `fast=${best.params.fast}`, "--benchmark", "index", "--json"];
    expect((await ttt(...run, ...again)).json().data.stats.beta).toBe(best.stats.beta);
    await ttt("data", "generate", "late", "--bars", "100", "--start", "2020-02-01");
    const refused = await ttt(...run, "--benchmark", "late", "--json");
    expect([refused.exitCode, refused.json().error.code]).toEqual([11, "BENCHMARK_TOO_LATE"]);
  });

  test("a comparison shows the costs and the bars in which runs differ", async () => {
    const ids: string[] = [];
    for (const costs of [[], ["--commission", "0.002"]])
      ids.push((await ttt("backtest", "run", "sma-cross", "--data", "demo", ...costs, "--json")).json().data.id);
    const { stdout } = await ttt("backtest", "compare", ...ids);
    expect(stdout).toMatch(/They were not made alike; these settings differ:\ncommission +0 +0\.002\n\n/);
    const { data } = (await ttt("backtest", "compare", ...ids, "--json")).json();
    expect(data.map(({ settings }: { settings: { commission: string } }) => settings.commission)).toEqual([
      "0",
      "0.002",
    ]);
  });

  test("an export whose ending names no format is refused", async () => {
    const [run] = (await ttt("backtest", "list", "--json")).json().data;
    for (const args of [
      ["backtest", "export", run.id, "out.xlsx"],
      ["data", "export", "demo", "bars.xls"],
    ]) {
      const { exitCode, stderr } = await ttt(...args);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("FORMAT_UNKNOWN")]);
    }
  });

  test.each(["backtest run", "backtest sweep", "backtest walk-forward", "data fetch"])(
    "the help of %s keeps to 80 columns",
    async (command) => {
      const { stdout } = await ttt(...command.split(" "), "--help");
      expect(Math.max(...stdout.split("\n").map((line) => line.trimEnd().length))).toBeLessThanOrEqual(80);
    },
  );
});

describe("writing a strategy", () => {
  test("a new file loads, runs, is proven not to read ahead, and is never overwritten", async () => {
    expect((await ttt("strategy", "new", "fresh.ts")).exitCode).toBe(0);
    const check = await ttt("strategy", "check", "fresh.ts");
    expect([check.exitCode, check.stdout]).toEqual([0, expect.stringContaining("no indicator reads ahead")]);
    expect((await ttt("strategy", "show", "fresh.ts")).stdout).toContain("bars of the fast average");
    expect((await ttt("strategy", "new", "fresh.ts")).exitCode).toBe(17);
  });

  test.each(readdirSync(join(root, "docs", "examples", "strategies")))(
    "the example %s passes the check",
    async (name) => {
      const { exitCode, stderr } = await ttt("strategy", "check", join(root, "docs", "examples", "strategies", name));
      expect([exitCode, stderr]).toEqual([0, ""]);
    },
  );

  test("an indicator that reads ahead is named", async () => {
    writeFileSync(
      join(folder, "ahead.ts"),
      `import { applyIndicator, defineStrategy } from "ttt/strategy";
const tomorrow = {
  name: "tomorrow",
  warmUp: () => 0,
  batch([input], _args, [output]) { for (let i = 0; i < input.length; i++) output[i] = input[i + 1] ?? 0; },
  incremental: () => (inputs, outputs) => { outputs[0] = inputs[0]; },
};
export default defineStrategy({
  name: "ahead",
  setup({ bars }) {
    const [next] = applyIndicator(tomorrow, [bars.close]);
    return (bar, broker) => { if (next.now > bar.close) broker.buy({ size: 1 }); };
  },
});
`,
    );
    const { exitCode, stderr } = await ttt("strategy", "check", "ahead.ts");
    expect(exitCode).toBe(19);
    expect(stderr).toContain("tomorrow(close) reads ahead");
  });
});
