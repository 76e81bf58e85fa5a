import { stat } from "node:fs/promises";
import type { FileMetaData } from "hyparquet";
import { BarChecker } from "../../backtest/data/check-bars.ts";
import { recogniseLayout } from "../../backtest/data/csv-layout.ts";
import { badLayout } from "../../backtest/data/data-error.ts";
import { LocalClock, type OddTime } from "../../backtest/data/local-clock.ts";
import { emptyColumns } from "../../backtest/data/repair-bars.ts";
import { OperatorError } from "../../core/errors.ts";
import type { ReadOptions, ReadSummary } from "../../ports/bar-files.ts";
import type { BarRows } from "../../ports/bar-store.ts";
import type { BarColumns } from "../../trading/bar.ts";

/** Rows decoded at once, so that memory stays bounded however long the file is. */
const ROWS_AT_ONCE = 1 << 16;

type Role = keyof BarColumns;

/** Streams the bars of a Parquet file. Columns are recognised by name, as in a CSV header. */
export async function streamParquet(
  path: string,
  options: ReadOptions,
  sink: (rows: BarRows) => void,
): Promise<ReadSummary> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead, parquetSchema } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw new OperatorError(`${path}: not a readable Parquet file`, {
      exit: "badData",
      code: "UNREADABLE_FILE",
      cause,
    });
  });
  const names = parquetSchema(metadata).children.map((child) => child.element.name);
  const roles = rolesOf(path, names);
  const checker = new BarChecker();
  const times = new TimeCells(options.timezone, carriesZone(metadata, roles));
  const rows = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < rows; rowStart += ROWS_AT_ONCE) {
    options.signal?.throwIfAborted();
    const rowEnd = Math.min(rows, rowStart + ROWS_AT_ONCE);
    const batch = { ...emptyColumns(rowEnd - rowStart), count: rowEnd - rowStart };
    await parquetRead({
      file,
      metadata,
      compressors,
      columns: [...roles.keys()],
      rowStart,
      rowEnd,
      onChunk: ({ columnName, columnData, rowStart: first, rowEnd: last }) => {
        const role = roles.get(columnName);
        if (role === undefined) return;
        for (let row = Math.max(first, rowStart); row < Math.min(last, rowEnd); row++) {
          const value: unknown = columnData[row - first];
          batch[role][row - rowStart] = role === "time" ? times.read(value, row) : numberOf(value);
        }
      },
    });
    checker.add(batch);
    sink(batch);
    options.onProgress?.(rowEnd, rows);
  }
  checker.addOddTimes(times.odd());
  const columns = [...roles].map(([name, role]) => `${name} -> ${role}`);
  return { format: "parquet", bytes: (await stat(path)).size, columns, report: checker.report() };
}

/** The same names count as in CSV; pandas keeps its index under a name of its own. */
function rolesOf(path: string, names: readonly string[]): Map<string, Role> {
  const header = names.map((name) => (name === "__index_level_0__" ? "time" : name)).join(",");
  const layout = recogniseLayout([header, names.map(() => "0").join(",")]);
  if ("problem" in layout || !layout.roles.includes("open")) {
    throw badLayout(path, {
      problem: "The columns were not recognised",
      line: 1,
      expected: "time, open, high, low, close and perhaps volume",
      found: names.join(", "),
    });
  }
  const roles = new Map<string, Role>();
  for (const [i, role] of layout.roles.entries()) if (role !== "skip" && role !== "clock") roles.set(names[i]!, role);
  return roles;
}

function numberOf(value: unknown): number {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
}

/** Whether the timestamps of the time column are instants; only those that say otherwise are local. */
function carriesZone({ schema }: FileMetaData, roles: ReadonlyMap<string, Role>): boolean {
  const element = schema.find(({ name }) => roles.get(name) === "time");
  const type = element?.logical_type;
  return !(type?.type === "TIMESTAMP" && !type.isAdjustedToUTC);
}

/** Times of any kind: timestamps, which arrive as dates; epochs in the unit of their size; ISO texts. */
class TimeCells {
  readonly #clock: LocalClock | undefined;
  readonly #carriesZone: boolean;

  constructor(zone: string | undefined, carriesZone: boolean) {
    this.#clock = zone === undefined || zone === "UTC" ? undefined : new LocalClock(zone);
    this.#carriesZone = carriesZone;
  }

  read(value: unknown, row: number): number {
    if (value instanceof Date) return this.#carriesZone ? value.getTime() : this.#local(value.getTime(), row);
    if (typeof value !== "string") return epochMs(numberOf(value));
    if (/[zZ]$|[+-]\d\d:?\d\d$/.test(value.slice(10))) return Date.parse(value);
    return this.#local(Date.parse(`${value.length === 10 ? `${value}T00:00` : value.replace(" ", "T")}Z`), row);
  }

  odd(): OddTime[] {
    return this.#clock?.odd() ?? [];
  }

  #local(localMs: number, row: number): number {
    return this.#clock === undefined ? localMs : this.#clock.toUtc(localMs, { row });
  }
}

function epochMs(value: number): number {
  const size = Math.abs(value);
  if (size < 1e11) return value * 1000;
  if (size < 1e14) return value;
  return size < 1e17 ? Math.floor(value / 1000) : Math.floor(value / 1e6);
}

/** Writes bars with a millisecond UTC timestamp and double columns. */
export async function writeParquet(path: string, columns: BarColumns): Promise<void> {
  const { parquetWriteFile } = await import("hyparquet-writer");
  const doubles = (["open", "high", "low", "close", "volume"] as const).map((name) => ({
    name,
    data: columns[name],
    type: "DOUBLE" as const,
    nullable: false,
  }));
  const time = {
    name: "time",
    data: Array.from(columns.time, (ms) => new Date(ms)),
    type: "TIMESTAMP" as const,
    nullable: false,
  };
  await parquetWriteFile({ filename: path, columnData: [time, ...doubles] });
}
