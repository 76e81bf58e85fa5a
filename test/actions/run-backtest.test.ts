import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BacktestSources, runBacktest } from "../../src/actions/run-backtest.ts";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { fileBarStore } from "../../src/adapters/files/file-bar-store.ts";
import { fileStrategyLoader } from "../../src/adapters/files/file-strategy-loader.ts";
import { type RunSpec, runSpecSchema } from "../../src/backtest/run-spec.ts";
import type { BarStore } from "../../src/ports/bar-store.ts";
import { goldenFolder } from "../support/golden.ts";
import { livelyBars } from "../support/market-bars.ts";

const golden = goldenFolder();
let folder: string;
let sources: BacktestSources & { bars: BarStore };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ttt-run-"));
  const strategyModule = new URL("../../src/strategy/index.ts", import.meta.url);
  sources = { bars: fileBarStore(folder), files: fileBarFiles, strategies: fileStrategyLoader(strategyModule) };
  await fileBarFiles.write(join(folder, "bars.csv"), livelyBars(2000));
  const writer = await sources.bars.begin({ name: "bars", synthetic: true, source: "a test", timezone: "UTC" });
  writer.append({ ...livelyBars(2000), count: 2000 });
  await writer.commit();
});
afterAll(() => rmSync(folder, { recursive: true }));

const spec = (more: Partial<RunSpec> = {}): RunSpec => ({
  strategy: "sma-cross",
  params: {},
  data: [{ ref: "bars" }],
  options: { cash: 10_000, commission: 0.001 },
  convention: "ttt",
  ...more,
});

test.skipIf(golden === undefined)("the reference run: 32 closed trades and the recorded final equity", async () => {
  const { report } = await runBacktest(
    spec({ data: [{ ref: join(golden!, "data", "GOOG.csv") }], params: { fast: "10", slow: "30" } }),
    sources,
  );
  expect(report.trades).toHaveLength(32);
  expect(report.stats.finalEquity).toBeCloseTo(54101.36916, 5);
  expect(report.trades[0]).toMatchObject({
    entryBar: 86,
    exitBar: 113,
    entryPrice: 186.31,
    exitPrice: 193.69,
    size: 53,
  });
  expect(report.data[0]).toMatchObject({ symbol: "GOOG", rows: 2148, interval: "1d", synthetic: false });
});

test("BT-09 equal bars give the same bytes from the store and from a file", async () => {
  const stored = await runBacktest(spec(), sources);
  const read = await runBacktest(spec({ data: [{ ref: join(folder, "bars.csv") }] }), sources);
  const plain = (report: object) => JSON.stringify({ ...report, id: "", synthetic: true, data: [] });
  expect(plain(read.report)).toBe(plain(stored.report));
  expect(read.report.data[0]!.hash).toBe(stored.report.data[0]!.hash);
  expect(JSON.stringify((await runBacktest(spec(), sources)).report)).toBe(JSON.stringify(stored.report));
});

test("a specification survives JSON and its schema, and gives the same run", async () => {
  const sent = runSpecSchema.parse(JSON.parse(JSON.stringify(spec({ params: { fast: 5, slow: 20 } }))));
  const [here, there] = await Promise.all([
    runBacktest(spec({ params: { fast: 5, slow: 20 } }), sources),
    runBacktest(sent, sources),
  ]);
  expect(there.report).toEqual(here.report);
});

test("OA-05 one run has one id and one report, to the byte, in whichever order its options came, and with the cash left out", async () => {
  const bytes = async (options: RunSpec["options"]) =>
    JSON.stringify((await runBacktest(spec({ options }), sources)).report);
  const flags = { cash: 10_000, maintenanceMargin: 0.1, leverage: 2, finalize: true, fill: "close", seed: 4 } as const;
  const turned = { seed: 4, fill: "close", finalize: true, leverage: 2, maintenanceMargin: 0.1 } as const;
  expect(await bytes(turned)).toBe(await bytes(flags));
  expect(await bytes({ ...turned, seed: 5 })).not.toBe(await bytes(flags));
});

test("terms of an instrument that is not in the data are refused: they would change nothing", async () => {
  const options = { instruments: { BARS: { multiplier: 50 } } };
  await expect(runBacktest(spec({ options }), sources)).rejects.toMatchObject({
    details: { code: "SPEC_INVALID", expected: "bars", found: "BARS" },
  });
});

test("what is made up says so", async () => {
  expect((await runBacktest(spec(), sources)).report.synthetic).toBe(true);
});

test("only the bars of the time asked for are used", async () => {
  const { time } = livelyBars(2000);
  const { report } = await runBacktest(spec({ from: time[500]!, to: time[1500]! }), sources);
  expect(report.data[0]).toMatchObject({ rows: 1000, from: time[500], to: time[1499] });
});

describe("what cannot run says why", () => {
  test.each<[what: string, more: Partial<RunSpec>, details: object]>([
    ["an unknown strategy", { strategy: "nonesuch" }, { exit: "notFound", code: "STRATEGY_UNKNOWN" }],
    ["an unknown dataset", { data: [{ ref: "nonesuch" }] }, { exit: "notFound", code: "FILE_NOT_FOUND" }],
    ["an unknown parameter", { params: { speed: 1 } }, { exit: "usage", code: "PARAM_UNKNOWN" }],
    ["a parameter out of range", { params: { fast: -1 } }, { exit: "usage", code: "PARAM_INVALID" }],
    ["parameters that contradict", { params: { fast: 50, slow: 10 } }, { exit: "usage", code: "PARAM_COMBINATION" }],
    ["other data than was meant", { data: [{ ref: "bars", hash: "0" }] }, { exit: "conflict", code: "DATA_CHANGED" }],
    ["a time without bars", { to: 0 }, { exit: "badData", code: "NO_BARS" }],
  ])("%s", async (_what, more, details) => {
    await expect(runBacktest(spec(more), sources)).rejects.toMatchObject({ details });
  });

  test("BT-11 bad bars, by their line", async () => {
    const path = join(folder, "bad.csv");
    writeFileSync(path, "time,open,high,low,close\n2020-01-01,1,2,0.5,1\n2020-01-02,1,2,3,1\n");
    await expect(runBacktest(spec({ data: [{ ref: path }] }), sources)).rejects.toThrow(/line 3, high/);
  });
});
