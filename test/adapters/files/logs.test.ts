import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLogFiles } from "../../../src/adapters/files/local-log-files.ts";
import { RotatingFile } from "../../../src/adapters/files/rotating-file.ts";
import type { LogRecord } from "../../../src/ports/log-files.ts";

let folder: string;
let folders: { daemons: string; postgres: string };
const all = () => true;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ttt-logs-"));
  folders = { daemons: join(folder, "logs"), postgres: join(folder, "pg") };
  mkdirSync(folders.daemons);
  mkdirSync(folders.postgres);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function line(instance: string, at: number, message: string, level = "info"): string {
  const time = new Date(Date.UTC(2026, 0, 1) + at).toISOString();
  return `${JSON.stringify({ level, time, service: "x", instance, order: 7, msg: message })}\n`;
}

describe("rotation", () => {
  test("OP-10 rotates by size, keeps a bounded number of files and loses no line between them", () => {
    const path = join(folders.daemons, "api.log");
    const file = new RotatingFile(path, { maxBytes: 1_000, maxFiles: 3 });
    for (let index = 0; index < 30; index++) file.write(`${String(index).padStart(3, "0")}${"x".repeat(96)}\n`);
    file.close();
    expect(readdirSync(folders.daemons).sort()).toEqual(["api.log", "api.log.1", "api.log.2"]);
    const text = ["api.log.2", "api.log.1", "api.log"].map((name) => readFileSync(join(folders.daemons, name), "utf8"));
    expect(
      text
        .join("")
        .split("\n")
        .filter(Boolean)
        .map((one) => Number(one.slice(0, 3))),
    ).toEqual(Array.from({ length: 30 }, (_, index) => index));
    for (let index = 0; index < 100; index++) file.write(`${"y".repeat(99)}\n`);
    expect(readdirSync(folders.daemons)).toHaveLength(4);
  });

  test("OP-10 goes on after a restart where it was, and counts lines that could not be written", () => {
    const path = join(folders.daemons, "api.log");
    new RotatingFile(path, { maxBytes: 100, maxFiles: 1 }).write("a\n");
    new RotatingFile(path, { maxBytes: 100, maxFiles: 1 }).write("b\n");
    expect(readFileSync(path, "utf8")).toBe("a\nb\n");
    const nowhere = new RotatingFile(join(folder, "absent", "api.log"), { maxBytes: 100, maxFiles: 1 });
    nowhere.write("lost\n");
    expect(nowhere.lost).toBe(1);
  });
});

describe("reading", () => {
  test("OP-10 merges services by time, PostgreSQL's own log included", async () => {
    writeFileSync(join(folders.daemons, "api.log"), line("api", 1_000, "one") + line("api", 3_000, "three"));
    writeFileSync(join(folders.daemons, "worker-1.log"), line("worker-1", 2_000, "two", "warn"));
    const row = { timestamp: "2026-01-01 00:00:02.500 UTC", error_severity: "ERROR", message: "no such table", pid: 1 };
    writeFileSync(join(folders.postgres, "postgres-00.json"), `${JSON.stringify(row)}\n`);
    const logs = openLogFiles(folders);
    const read = await logs.read([], all, 100);
    expect(read.map(({ message }) => message)).toEqual(["one", "two", "no such table", "three"]);
    expect(read[2]).toMatchObject({ level: "error", service: "postgres" });
    expect(read[1]).toMatchObject({ level: "warn", instance: "worker-1", context: { order: 7 } });
    expect((await logs.read(["worker"], all, 100)).map(({ message }) => message)).toEqual(["two"]);
    expect((await logs.read([], all, 2)).map(({ message }) => message)).toEqual(["no such table", "three"]);
  });

  test("OP-10 clients that PostgreSQL turns away while it begins or ends are no errors", async () => {
    const rows = ["57P03", "57P01", "3D000"].map((state_code, index) => ({
      timestamp: `2026-01-01 00:00:0${index}.000 UTC`,
      error_severity: "FATAL",
      message: "refused",
      state_code,
    }));
    writeFileSync(join(folders.postgres, "postgres-00.json"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const read = await openLogFiles(folders).read([], all, 100);
    expect(read.map(({ level }) => level)).toEqual(["info", "warn", "error"]);
  });

  test("OP-10 reads over rotated files and over chunk borders, and passes by what is no log line", async () => {
    const many = Array.from({ length: 9_000 }, (_, index) => line("api", index, `line ${index} ${"z".repeat(60)}`));
    writeFileSync(join(folders.daemons, "api.log.1"), many.slice(0, 5_000).join(""));
    writeFileSync(join(folders.daemons, "api.log"), `not json\n${many.slice(5_000).join("")}{"half":`);
    const read = await openLogFiles(folders).read(["api"], all, 8_000);
    expect(read).toHaveLength(8_000);
    expect(read[0]!.message).toContain("line 1000 ");
    expect(read.at(-1)!.message).toContain("line 8999 ");
  });
});

describe("following", () => {
  test("OP-10 follows over a rotation, in order, each line once", async () => {
    const path = join(folders.daemons, "api.log");
    const file = new RotatingFile(path, { maxBytes: 2_000, maxFiles: 20 });
    file.write(line("api", 0, "before"));
    const seen: LogRecord[] = [];
    const stop = new AbortController();
    const following = openLogFiles(folders).follow([], all, (records) => seen.push(...records), stop.signal);
    for (let index = 0; index < 50; index++) file.write(line("api", index, `line ${index}`));
    await expect.poll(() => seen).toHaveLength(50);
    appendFileSync(path, line("api", 99, "half").slice(0, 20));
    appendFileSync(path, line("api", 99, "half").slice(20));
    await expect.poll(() => seen).toHaveLength(51);
    expect(seen.map(({ message }) => message)).toEqual([
      ...Array.from({ length: 50 }, (_, index) => `line ${index}`),
      "half",
    ]);
    stop.abort();
    await following;
  });

  test("OP-10 follows into folders that come, go and come again", async () => {
    rmSync(folders.daemons, { recursive: true });
    const seen: string[] = [];
    const stop = new AbortController();
    const following = openLogFiles(folders).follow(
      [],
      all,
      (records) => seen.push(...records.map(({ message }) => message)),
      stop.signal,
    );
    for (const message of ["first", "second"]) {
      mkdirSync(folders.daemons);
      // Held open, so that the next file is not taken for this one by its number.
      const file = openSync(join(folders.daemons, "api.log"), "a");
      appendFileSync(file, line("api", 0, message));
      await expect.poll(() => seen).toContain(message);
      rmSync(folders.daemons, { recursive: true });
    }
    expect(seen).toEqual(["first", "second"]);
    stop.abort();
    await following;
  });

  test("OP-10 a flood is cut at the reader, with the count, and the newest lines arrive", async () => {
    const path = join(folders.daemons, "api.log");
    writeFileSync(path, "");
    let dropped = 0;
    let newest = "";
    const stop = new AbortController();
    const following = openLogFiles(folders).follow(
      [],
      all,
      (records, count) => {
        dropped = count;
        newest = records.at(-1)!.message;
      },
      stop.signal,
    );
    const lines = Array.from({ length: 40_000 }, (_, index) => line("api", index, `line ${index}`));
    appendFileSync(path, lines.join(""));
    await expect.poll(() => newest).toBe("line 39999");
    expect(dropped).toBeGreaterThan(1_000);
    stop.abort();
    await following;
  });
});
