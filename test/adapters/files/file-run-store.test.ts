import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileRunStore } from "../../../src/adapters/files/file-run-store.ts";
import type { RunRecord } from "../../../src/backtest/run-record.ts";
import type { RunStore } from "../../../src/ports/run-store.ts";

let root: string;
let store: RunStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ttt-runs-"));
  store = fileRunStore(join(root, "backtests"));
});
afterEach(() => rmSync(root, { recursive: true }));

const record = (id: string, createdAt = 1): RunRecord => ({
  id,
  kind: "run",
  status: "done",
  createdAt,
  updatedAt: createdAt,
  title: "sma-cross on GOOG",
  summary: "",
  spec: {},
});

test("runs are listed newest first, and found by the beginning of their id", async () => {
  expect(await store.list()).toEqual([]);
  for (const [id, at] of [
    ["aaa1", 1],
    ["aab2", 3],
    ["bbb3", 2],
  ] as const)
    await store.save(record(id, at));
  expect((await store.list()).map(({ id }) => id)).toEqual(["aab2", "bbb3", "aaa1"]);
  expect((await store.find("bb")).id).toBe("bbb3");
  expect((await store.find("aaa1")).id).toBe("aaa1");
  await expect(store.find("aa")).rejects.toMatchObject({ details: { code: "RUN_AMBIGUOUS" } });
  await expect(store.find("c")).rejects.toMatchObject({ details: { code: "RUN_UNKNOWN", exit: "notFound" } });
  await expect(store.find("../etc")).rejects.toMatchObject({ details: { code: "RUN_UNKNOWN" } });
});

test("documents and curves come back as they were written", async () => {
  await store.save(record("one"));
  await store.writeDocument("one", "report", { a: [1, null] });
  const curve = { time: Float64Array.of(1, 2), equity: Float64Array.of(10.5, Number.NaN) };
  await store.writeCurve("one", curve);
  expect(await store.readDocument("one", "report")).toEqual({ a: [1, null] });
  expect(await store.readCurve("one")).toEqual(curve);
  expect(await store.readDocument("one", "none")).toBeUndefined();
  expect(await store.readCurve("none")).toBeUndefined();
  await store.remove("one");
  expect(await store.list()).toEqual([]);
});

test("a log that was cut off keeps its whole lines and goes on behind them", async () => {
  store.appendLines("one", "trials", [{ index: 0 }, { index: 1 }]);
  appendFileSync(join(root, "backtests", "one", "trials.ndjson"), '{"index":2,"final');
  expect(await store.readLines("one", "trials")).toEqual([{ index: 0 }, { index: 1 }]);
  store.appendLines("one", "trials", [{ index: 2 }]);
  expect(await store.readLines("one", "trials")).toEqual([{ index: 0 }, { index: 1 }, { index: 2 }]);
});

test("a cancel is seen until the run is begun again", async () => {
  await store.save(record("one"));
  expect(store.isCancelled("one")).toBe(false);
  await store.cancel("one");
  expect(store.isCancelled("one")).toBe(true);
  await store.save({ ...record("one"), status: "running" });
  expect(store.isCancelled("one")).toBe(false);
});
