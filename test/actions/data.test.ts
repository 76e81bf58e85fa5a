import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkData } from "../../src/actions/check-bars.ts";
import { exportBars } from "../../src/actions/export-bars.ts";
import { findDataset } from "../../src/actions/find-dataset.ts";
import { generateBars } from "../../src/actions/generate-bars.ts";
import { datasetName, importBars } from "../../src/actions/import-bars.ts";
import { loadBars, symbolOf } from "../../src/actions/load-bars.ts";
import { resampleData } from "../../src/actions/resample-data.ts";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { fileBarStore } from "../../src/adapters/files/file-bar-store.ts";
import type { BarStore } from "../../src/ports/bar-store.ts";
import { livelyBars } from "../support/market-bars.ts";

let folder: string;
let sources: { bars: BarStore; files: typeof fileBarFiles };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ttt-data-"));
  sources = { bars: fileBarStore(join(folder, "store")), files: fileBarFiles };
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...rows: string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, ["time,open,high,low,close,volume", ...rows].join("\n"));
  return path;
};
const BAD = ["2020-01-03,1,2,0.5,1,1", "2020-01-02,1,2,0.5,1,1", "2020-01-05,1,1,2,1,1"];

test("an imported file is a dataset of the same bars", async () => {
  const path = join(folder, "Some Market.csv.gz");
  await fileBarFiles.write(path, livelyBars(20_000));
  const { dataset, file } = await importBars({ path }, sources);
  expect(dataset).toMatchObject({ name: "some-market", rows: 20_000, synthetic: false, source: "Some Market.csv.gz" });
  expect(file.columns).toContain("time -> time");
  expect((await loadBars({ ref: "some-market" }, sources)).columns).toEqual(livelyBars(20_000));
});

test("BT-11 a bad file is refused by line, and nothing of it stays behind", async () => {
  await expect(importBars({ path: write("bad.csv", ...BAD) }, sources)).rejects.toThrow(/line 3, time: out of order/);
  expect(await sources.bars.list()).toEqual([]);
  expect(readdirSync(join(folder, "store"))).toEqual([]);
});

test("BT-11 repairs are made only when asked for, and reported", async () => {
  const { dataset, repair } = await importBars({ path: write("bad.csv", ...BAD), repair: true }, sources);
  expect(repair).toEqual({ dropped: 0, filled: 0, sorted: 1, duplicates: 0, widened: 1 });
  expect((await checkData(dataset.name, sources)).errors).toBe(0);
});

test("an import that is broken off leaves nothing", async () => {
  const path = join(folder, "long.csv");
  await fileBarFiles.write(path, livelyBars(50_000));
  const stop = new AbortController();
  await expect(importBars({ path, signal: stop.signal, onProgress: () => stop.abort() }, sources)).rejects.toThrow(
    /abort/i,
  );
  expect(readdirSync(join(folder, "store"))).toEqual([]);
});

test("holes are told from the spacing of the bars, nights and weekends are none", async () => {
  const at = (day: number, hour: number) => `2020-01-0${day} ${hour}:00,1,2,0.5,1,1`;
  const hours = [9, 10, 11, 12, 13, 14, 15, 16];
  const path = write(
    "hours.csv",
    ...[6, 7, 8].flatMap((day) =>
      hours.filter((hour) => day !== 7 || hour < 11 || hour > 14).map((hour) => at(day, hour)),
    ),
  );
  const report = await checkData(path, sources);
  expect(report.issues).toMatchObject([{ problem: "gap", found: expect.stringContaining("4 bars missing") }]);
});

test("generated bars are labelled, also when they are resampled", async () => {
  const made = await generateBars("demo", { bars: 600, seed: 5 }, sources.bars);
  expect(made).toMatchObject({ synthetic: true, source: "generated with seed 5", calendar: { interval: "1m" } });
  const coarse = await resampleData({ ref: "demo", to: "1h" }, sources);
  expect(coarse).toMatchObject({ name: "demo-1h", rows: 10, synthetic: true, calendar: { interval: "1h" } });
  await expect(resampleData({ ref: "demo-1h", to: "5m" }, sources)).rejects.toMatchObject({
    details: { code: "INTERVAL_TOO_FINE" },
  });
});

test("an export of part of the bars reads back as that part", async () => {
  await generateBars("demo", { bars: 100, startMs: 0 }, sources.bars);
  const path = join(folder, "part.parquet");
  expect(await exportBars({ ref: "demo", path, from: 600_000, to: 1_200_000 }, sources)).toEqual({ path, rows: 10 });
  expect((await loadBars({ ref: path }, sources)).info).toMatchObject({ rows: 10, from: 600_000 });
});

test("names come from files, and an unknown name is answered with the known ones", async () => {
  expect(datasetName("/a/BTC USD (1m).CSV.gz")).toBe("btc-usd-1m");
  expect(symbolOf({ ref: "/data/GOOG.csv" })).toBe("GOOG");
  await generateBars("demo", { bars: 1 }, sources.bars);
  await expect(findDataset("dmeo", sources.bars)).rejects.toMatchObject({
    details: { expected: "demo", exit: "notFound" },
  });
});
