import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
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

test("Parquet times: instants are left alone, texts without a zone are of the zone that is given", async () => {
  const prices = (["open", "high", "low", "close"] as const).map((name) => ({
    name,
    data: Float64Array.of(1, 1, 1),
    type: "DOUBLE" as const,
  }));
  const read = async (name: string, data: (string | Date | number)[], type: "STRING" | "TIMESTAMP" | "DOUBLE") => {
    const filename = join(folder, name);
    await parquetWriteFile({ filename, columnData: [{ name: "time", data, type }, ...prices] });
    const { columns, summary } = await fileBarFiles.read(filename, { timezone: "Europe/Paris", acceptErrors: true });
    return [Array.from(columns.time, (ms) => new Date(ms).toISOString().slice(5, 16)), summary.report.counts] as const;
  };
  const night = ["2020-03-29 01:30", "2020-03-29 02:30:00", "2020-03-29T04:00:00+02:00"];
  expect(await read("texts.parquet", night, "STRING")).toEqual([
    ["03-29T00:30", "03-29T01:30", "03-29T02:00"],
    { "skipped-hour": 1 },
  ]);
  const instants = [0, 1, 2].map((hour) => new Date(Date.UTC(2020, 6, 1, hour)));
  const utc = ["07-01T00:00", "07-01T01:00", "07-01T02:00"];
  expect(await read("instants.parquet", instants, "TIMESTAMP")).toEqual([utc, {}]);
  expect(
    await read(
      "seconds.parquet",
      instants.map((date) => date.getTime() / 1000),
      "DOUBLE",
    ),
  ).toEqual([utc, {}]);
  expect(
    await read(
      "micros.parquet",
      instants.map((date) => date.getTime() * 1000),
      "DOUBLE",
    ),
  ).toEqual([utc, {}]);
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
