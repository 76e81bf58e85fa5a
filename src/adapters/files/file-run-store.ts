import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunRecord, StoredCurve } from "../../backtest/run-record.ts";
import { OperatorError } from "../../core/errors.ts";
import type { RunStore } from "../../ports/run-store.ts";

/** Each run in a folder of its own: `run.json`, documents as `NAME.json`, logs as `NAME.ndjson`, the equity curve. */
export function fileRunStore(root: string): RunStore {
  const folder = (id: string) => join(root, id);
  const file = (id: string, name: string) => join(root, id, name);
  const write = (id: string, name: string, bytes: string | Uint8Array): void => {
    mkdirSync(folder(id), { recursive: true });
    const part = file(id, `${name}.part`);
    writeFileSync(part, bytes);
    renameSync(part, file(id, name));
  };
  const records = (): RunRecord[] => {
    const ids = existsSync(root) ? readdirSync(root) : [];
    const found = ids.flatMap((id) => readJson<RunRecord>(file(id, "run.json")) ?? []);
    return found.sort((a, b) => b.createdAt - a.createdAt || a.id.localeCompare(b.id));
  };

  return {
    async list(kind) {
      return records().filter((record) => kind === undefined || record.kind === kind);
    },
    async find(id) {
      const exact = /^[\w-]+$/.test(id) ? readJson<RunRecord>(file(id, "run.json")) : undefined;
      if (exact) return exact;
      const matches = records().filter((record) => record.id.startsWith(id));
      if (matches.length === 1) return matches[0]!;
      throw notOne(id, matches);
    },
    async get(id) {
      return readJson<RunRecord>(file(id, "run.json"));
    },
    async save(record) {
      write(record.id, "run.json", `${JSON.stringify(record, null, 2)}\n`);
      if (record.status === "running") await rm(file(record.id, "cancel"), { force: true });
    },
    async readDocument<T>(id: string, name: string) {
      return readJson<T>(file(id, `${name}.json`));
    },
    async writeDocument(id, name, value) {
      write(id, `${name}.json`, `${JSON.stringify(value)}\n`);
    },
    async readCurve(id) {
      const bytes = readIfThere(file(id, "curve.f64"));
      if (bytes === undefined) return undefined;
      const values = new Float64Array(Uint8Array.from(bytes).buffer);
      const half = values.length / 2;
      return { time: values.slice(0, half), equity: values.slice(half) };
    },
    async writeCurve(id, { time, equity }: StoredCurve) {
      const values = new Float64Array(time.length * 2);
      values.set(time);
      values.set(equity, time.length);
      write(id, "curve.f64", new Uint8Array(values.buffer));
    },
    appendLines(id, name, lines) {
      mkdirSync(folder(id), { recursive: true });
      appendFileSync(file(id, `${name}.ndjson`), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    },
    async readLines<T>(id: string, name: string) {
      const text = readIfThere(file(id, `${name}.ndjson`))?.toString("utf8") ?? "";
      // The last line may have been cut off by a crash: it does not count, and what is added later must not join it.
      const end = text.lastIndexOf("\n") + 1;
      if (end < text.length) write(id, `${name}.ndjson`, text.slice(0, end));
      const lines = text.slice(0, end).split("\n").slice(0, -1);
      return lines.map((line) => JSON.parse(line) as T);
    },
    async cancel(id) {
      writeFileSync(file(id, "cancel"), "");
    },
    isCancelled(id) {
      return existsSync(file(id, "cancel"));
    },
    async remove(id) {
      await rm(folder(id), { recursive: true, force: true });
    },
  };
}

function readJson<T>(path: string): T | undefined {
  const bytes = readIfThere(path);
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString("utf8")) as T);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}

function notOne(id: string, matches: readonly RunRecord[]): OperatorError {
  const many = matches.length > 1;
  return new OperatorError(many ? `Several runs begin with ${id}.` : `There is no run ${id}.`, {
    exit: many ? "usage" : "notFound",
    code: many ? "RUN_AMBIGUOUS" : "RUN_UNKNOWN",
    found: many ? matches.map((match) => match.id).join(", ") : id,
    hint: "ttt backtest list",
  });
}
