import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileBarFiles } from "../../../src/adapters/files/file-bar-files.ts";
import { livelyBars } from "../../support/market-bars.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ttt-files-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const bars = livelyBars(70_000);

test.each(["bars.csv", "bars.csv.gz", "bars.parquet"])("%s: what is written is read back to the bit", async (name) => {
  const path = join(folder, name);
  await fileBarFiles.write(path, bars);
  const back = await fileBarFiles.read(path);
  expect(back.columns).toEqual(bars);
  expect(back.summary).toMatchObject({
    format: name.endsWith("parquet") ? "parquet" : "csv",
    report: { rows: 70_000, errors: 0 },
  });
  expect(readdirSync(folder).filter((file) => file.endsWith(".part"))).toEqual([]);
});

test("the format is told by the first bytes: a compressed file needs no ending", async () => {
  const text = "time,open,high,low,close,volume\n2020-01-01,1,2,0.5,1.5,10\n";
  writeFileSync(join(folder, "gz"), gzipSync(text));
  writeFileSync(join(folder, "zst"), zstdCompressSync(text));
  for (const name of ["gz", "zst"])
    expect((await fileBarFiles.read(join(folder, name))).columns.close).toEqual(Float64Array.of(1.5));
});

test("equal bars have equal hashes whatever file they come from", async () => {
  const hashes = await Promise.all(
    ["bars.csv", "bars.csv.gz", "bars.parquet"].map((name) => fileBarFiles.read(join(folder, name))),
  );
  expect(new Set(hashes.map((one) => one.hash)).size).toBe(1);
});

test("BT-11 a file with bad bars is refused with the line, and read as it is when asked for", async () => {
  const path = join(folder, "bad.csv");
  writeFileSync(path, "time,open,high,low,close\n2020-01-01,1,2,0.5,1\n2020-01-02,1,2,3,1\n");
  await expect(fileBarFiles.read(path)).rejects.toThrow(/line 3, high: high below low/);
  expect((await fileBarFiles.read(path, { acceptErrors: true })).summary.report.errors).toBe(1);
});

test("a missing, empty or damaged file is an error in words", async () => {
  await expect(fileBarFiles.read(join(folder, "none.csv"))).rejects.toMatchObject({ details: { exit: "notFound" } });
  writeFileSync(join(folder, "empty.csv"), "");
  await expect(fileBarFiles.read(join(folder, "empty.csv"))).rejects.toMatchObject({ details: { exit: "badData" } });
  writeFileSync(join(folder, "cut.gz"), gzipSync("time,close\n2020-01-01,1\n".repeat(1000)).subarray(0, 60));
  await expect(fileBarFiles.read(join(folder, "cut.gz"))).rejects.toMatchObject({ details: { exit: "badData" } });
  const parquet = readFileSync(join(folder, "bars.parquet"));
  writeFileSync(join(folder, "cut.parquet"), parquet.subarray(0, parquet.length / 2));
  await expect(fileBarFiles.read(join(folder, "cut.parquet"))).rejects.toMatchObject({ details: { exit: "badData" } });
});

test("reading stops when asked to", async () => {
  const stop = AbortSignal.abort();
  await expect(fileBarFiles.read(join(folder, "bars.csv"), { signal: stop })).rejects.toThrow(/abort/i);
});
