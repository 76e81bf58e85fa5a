import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { COLUMN_NAMES, type ColumnName } from "../../backtest/data/bar-buffer.ts";
import { calendarOf, calendarSeen } from "../../backtest/data/calendar.ts";
import type { Dataset, DatasetInfo } from "../../backtest/data/dataset.ts";
import { TimesWatch } from "../../backtest/data/times-watch.ts";
import { assert, OperatorError } from "../../core/errors.ts";
import type { BarRows, BarStore, BarWriter, DatasetLabel } from "../../ports/bar-store.ts";
import type { BarColumns } from "../../trading/bar.ts";
import { BarHash } from "./bar-hash.ts";

/** The sidecar `NAME.json`: what is known of a dataset, and the folder that holds its columns. */
interface Sidecar extends DatasetInfo {
  /** 1 had a calendar of weekends or none: it is read off the bars again. */
  readonly version: 1 | 2;
  readonly folder: string;
}

/** A dataset replaced while it is read is read again; more often than this something else is wrong. */
const MAX_READS = 5;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Bars as columns on disk: `NAME.json` beside a folder with one file for each column, little-endian int64 milliseconds
 * for the time and float64 for the rest. Columns are written to a folder of their own and become visible when the
 * sidecar is renamed into place, so a reader sees the old bars or the new ones and a crash leaves only a stray folder.
 */
export function fileBarStore(root: string): BarStore {
  return {
    async list() {
      const files = existsSync(root) ? readdirSync(root) : [];
      const names = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5));
      return names
        .sort()
        .flatMap((name) => readSidecar(root, name) ?? [])
        .map(infoOf);
    },

    async find(name) {
      const sidecar = readSidecar(root, name);
      return sidecar && infoOf(sidecar);
    },

    async read(name): Promise<Dataset | undefined> {
      for (let attempt = 1; ; attempt++) {
        const sidecar = readSidecar(root, name);
        if (!sidecar) return undefined;
        try {
          const columns = readColumns(join(root, sidecar.folder), sidecar);
          const info = infoOf(sidecar);
          return { info: sidecar.version === 1 ? { ...info, calendar: calendarOf(columns.time) } : info, columns };
        } catch (error) {
          // A writer may have replaced the dataset after the sidecar was read.
          if (attempt === MAX_READS || !isMissing(error)) throw damaged(name, error);
        }
      }
    },

    async begin(label) {
      if (!NAME.test(label.name)) {
        throw new OperatorError(`"${label.name}" cannot be the name of a dataset.`, {
          exit: "usage",
          code: "DATASET_NAME",
          expected: "letters, digits, points, dashes and underscores",
          found: label.name,
          hint: "--name gives another",
        });
      }
      const folder = `${label.name}.${randomBytes(6).toString("hex")}`;
      await mkdir(join(root, folder), { recursive: true });
      return new FileBarWriter(root, folder, label);
    },

    async remove(name) {
      const sidecar = readSidecar(root, name);
      if (!sidecar) return false;
      await rm(join(root, `${name}.json`), { force: true });
      await rm(join(root, sidecar.folder), { recursive: true, force: true });
      return true;
    },
  };
}

class FileBarWriter implements BarWriter {
  readonly #root: string;
  readonly #folder: string;
  readonly #label: DatasetLabel;
  readonly #files: ReadonlyMap<ColumnName, number>;
  readonly #hash = new BarHash();
  readonly #times = new TimesWatch();
  #rows = 0;
  #from = Number.NaN;
  #to = Number.NaN;

  constructor(root: string, folder: string, label: DatasetLabel) {
    this.#root = root;
    this.#folder = folder;
    this.#label = label;
    this.#files = new Map(COLUMN_NAMES.map((name) => [name, openSync(join(root, folder, fileOf(name)), "wx")]));
  }

  append(rows: BarRows): void {
    if (rows.count === 0) return;
    const { time, count } = rows;
    assert(!(time[0]! <= this.#to), "bars are appended in ascending order of time");
    if (this.#rows === 0) this.#from = time[0]!;
    this.#to = time[count - 1]!;
    this.#times.add(time, count);
    this.#hash.update(rows);
    for (const [name, file] of this.#files) {
      const column = rows[name].subarray(0, count);
      writeAll(
        file,
        name === "time" ? int64Bytes(column) : new Uint8Array(column.buffer, column.byteOffset, count * 8),
      );
    }
    this.#rows += count;
  }

  async commit(): Promise<DatasetInfo> {
    for (const file of this.#files.values()) {
      fsyncSync(file);
      closeSync(file);
    }
    const previous = readSidecar(this.#root, this.#label.name);
    const info: DatasetInfo = {
      name: this.#label.name,
      hash: this.#hash.digest(),
      rows: this.#rows,
      from: this.#from,
      to: this.#to,
      synthetic: this.#label.synthetic,
      source: this.#label.source,
      timezone: this.#label.timezone,
      calendar: calendarSeen(this.#times.seen()),
    };
    writeSidecar(this.#root, { version: 2, folder: this.#folder, ...info });
    if (previous) await rm(join(this.#root, previous.folder), { recursive: true, force: true });
    return info;
  }

  async abandon(): Promise<void> {
    for (const file of this.#files.values()) closeSync(file);
    await rm(join(this.#root, this.#folder), { recursive: true, force: true });
  }
}

const fileOf = (name: ColumnName): string => (name === "time" ? "time.i64" : `${name}.f64`);

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

/** int64 from doubles, as two halves: many times faster than BigInt. Milliseconds are far below 2^53. */
function int64Bytes(values: Float64Array): Uint8Array {
  const halves = new Int32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    halves[2 * i] = value % TWO_32;
    halves[2 * i + 1] = Math.floor(value / TWO_32);
  }
  return new Uint8Array(halves.buffer);
}

const TWO_32 = 4294967296;

function fromInt64(bytes: Uint8Array): Float64Array<ArrayBuffer> {
  const low = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const high = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const values = new Float64Array(bytes.length / 8);
  for (let i = 0; i < values.length; i++) values[i] = high[2 * i + 1]! * TWO_32 + low[2 * i]!;
  return values;
}

function readColumns(folder: string, info: DatasetInfo): BarColumns {
  const column = (name: ColumnName) => {
    const bytes = aligned(readFileSync(join(folder, fileOf(name))));
    if (bytes.length !== info.rows * 8)
      throw new Error(`${fileOf(name)} has ${bytes.length} bytes for ${info.rows} rows`);
    return name === "time" ? fromInt64(bytes) : new Float64Array(bytes.buffer, bytes.byteOffset, info.rows);
  };
  return {
    time: column("time"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}

/** Small files may come at any offset of a shared buffer; typed arrays need multiples of eight. */
function aligned(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}

function readSidecar(root: string, name: string): Sidecar | undefined {
  if (!NAME.test(name)) return undefined;
  try {
    return JSON.parse(readFileSync(join(root, `${name}.json`), "utf8"));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw damaged(name, error);
  }
}

function writeSidecar(root: string, sidecar: Sidecar): void {
  const path = join(root, `${sidecar.name}.json`);
  const part = `${path}.${sidecar.folder}.part`;
  writeFileSync(part, `${JSON.stringify(sidecar, null, 2)}\n`, { flush: true });
  renameSync(part, path);
}

function infoOf({ version: _version, folder: _folder, ...info }: Sidecar): DatasetInfo {
  return info;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function damaged(name: string, cause: unknown): OperatorError {
  return new OperatorError(`The stored dataset ${name} is damaged.`, {
    exit: "badData",
    code: "DATASET_DAMAGED",
    found: cause instanceof Error ? cause.message : String(cause),
    hint: `import it again under the same name, or remove it with: ttt data remove ${name}`,
    cause,
  });
}
