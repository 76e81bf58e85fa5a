import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashOfBars } from "../../../src/adapters/files/bar-hash.ts";
import { fileBarStore } from "../../../src/adapters/files/file-bar-store.ts";
import { sliceByRow } from "../../../src/backtest/data/slice-bars.ts";
import type { BarStore } from "../../../src/ports/bar-store.ts";
import type { BarColumns } from "../../../src/trading/bar.ts";
import { livelyBars } from "../../support/market-bars.ts";

let root: string;
let store: BarStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ttt-bars-"));
  store = fileBarStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const label = (name: string) => ({ name, synthetic: true, source: "a test", timezone: "UTC" });

async function save(name: string, bars: BarColumns, batch = 100) {
  const writer = await store.begin(label(name));
  for (let at = 0; at < bars.time.length; at += batch) {
    const rows = sliceByRow(bars, at, at + batch);
    writer.append({ ...rows, count: rows.time.length });
  }
  return writer.commit();
}

test("bars come back as they were stored, with what is known of them", async () => {
  const bars = livelyBars(1000);
  const info = await save("demo", bars);
  expect(await store.read("demo")).toEqual({ info, columns: bars });
  expect(info).toMatchObject({ rows: 1000, synthetic: true, from: bars.time[0], to: bars.time[999] });
  expect(info.calendar.interval).toBe("1h");
  expect(await store.list()).toEqual([info]);
});

test("the hash depends on the bars alone, not on how they arrived", async () => {
  const bars = livelyBars(1000);
  const first = await save("one", bars, 1000);
  const second = await save("two", bars, 7);
  expect(second.hash).toBe(first.hash);
  expect(first.hash).toBe(hashOfBars(bars));
  expect((await save("three", livelyBars(1000, 8))).hash).not.toBe(first.hash);
});

test("times before 1970 and far in the future survive", async () => {
  const bars = livelyBars(3);
  bars.time.set([-5_000_000_001, -1, 4_102_444_800_123]);
  await save("old", bars);
  expect((await store.read("old"))!.columns.time).toEqual(bars.time);
});

test("an unfinished or abandoned write is not seen, and leaves the earlier dataset whole", async () => {
  const bars = livelyBars(50);
  const info = await save("demo", bars);
  const unfinished = await store.begin(label("demo"));
  unfinished.append({ ...livelyBars(20, 9), count: 20 });
  expect((await store.read("demo"))!.columns).toEqual(bars);
  await unfinished.abandon();
  expect(await store.list()).toEqual([info]);
  expect(readdirSync(root)).toHaveLength(2);
});

test("a dataset written again replaces the old one and its folder", async () => {
  await save("demo", livelyBars(50));
  await save("demo", livelyBars(60));
  expect((await store.find("demo"))!.rows).toBe(60);
  expect(readdirSync(root)).toHaveLength(2);
  expect(await store.remove("demo")).toBe(true);
  expect(await store.remove("demo")).toBe(false);
  expect(readdirSync(root)).toEqual([]);
});

test("BT-11 a damaged dataset is an error that names it, never short columns", async () => {
  await save("demo", livelyBars(50));
  const folder = readdirSync(root).find((name) => !name.endsWith(".json"))!;
  truncateSync(join(root, folder, "close.f64"), 80);
  await expect(store.read("demo")).rejects.toMatchObject({ details: { exit: "badData", code: "DATASET_DAMAGED" } });
});

test("what is not there is undefined, and a name that would leave the folder is refused", async () => {
  expect(await store.read("nothing")).toBeUndefined();
  expect(await store.read("../../etc/passwd")).toBeUndefined();
  await expect(store.begin(label("../up"))).rejects.toMatchObject({ details: { code: "DATASET_NAME" } });
});
