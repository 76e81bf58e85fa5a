import { COLUMN_NAMES } from "../../backtest/data/bar-buffer.ts";
import { calendarOf } from "../../backtest/data/calendar.ts";
import type { DatasetInfo } from "../../backtest/data/dataset.ts";
import { assert, OperatorError } from "../../core/errors.ts";
import type { BarVault } from "../../ports/bar-vault.ts";
import type { BarColumns } from "../../trading/bar.ts";
import { hashOfBars } from "../files/bar-hash.ts";
import type { Postgres } from "./postgres.ts";

/** Bytes of one part: a message of the driver holds it three times over. */
const PART_BYTES = 4 * 1024 * 1024;

/** Columns one after the other as float64, little-endian, cut into parts. */
export function postgresBarVault(postgres: Postgres): BarVault {
  return {
    async has(hash) {
      return (await postgres.execute("UPDATE bars SET last_used_at = clock_timestamp() WHERE hash = $1", [hash])) > 0;
    },

    async get(hash) {
      const [row] = await postgres.query<{ row_count: number; info: DatasetInfo }>(
        "SELECT row_count, info FROM bars WHERE hash = $1",
        [hash],
      );
      if (!row) return undefined;
      const memory = new SharedArrayBuffer(row.row_count * COLUMN_NAMES.length * 8);
      const bytes = new Uint8Array(memory);
      for (let number = 0, at = 0; at < bytes.length; number++) {
        const [part] = await postgres.query<{ bytes: Buffer }>(
          "SELECT bytes FROM bars_part WHERE hash = $1 AND number = $2",
          [hash, number],
        );
        // Purged while it was read.
        if (!part) return undefined;
        bytes.set(part.bytes, at);
        at += part.bytes.length;
      }
      return { info: row.info, columns: columnsIn(memory, row.row_count) };
    },

    async put(hash, { columns, name }) {
      const found = hashOfBars(columns);
      if (found !== hash) throw otherHash(hash, found);
      const rows = columns.time.length;
      const info: DatasetInfo = {
        name,
        hash,
        rows,
        from: columns.time[0]!,
        to: columns.time[rows - 1]!,
        // Whether they are made up is said by whoever refers to them.
        synthetic: false,
        source: name,
        timezone: "UTC",
        calendar: calendarOf(columns.time),
      };
      await postgres.transaction(async (sql) => {
        const isNew = await sql.execute(
          "INSERT INTO bars (hash, row_count, info) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
          [hash, rows, JSON.stringify(info)],
        );
        if (isNew === 0) return;
        let number = 0;
        for (const part of partsOf(columns)) {
          await sql.execute("INSERT INTO bars_part (hash, number, bytes) VALUES ($1, $2, $3)", [hash, number++, part]);
        }
      });
    },

    purge: (unusedSince) =>
      postgres.execute("DELETE FROM bars WHERE last_used_at < to_timestamp($1 / 1000.0)", [unusedSince]),
  };
}

function* partsOf(columns: BarColumns): Generator<Buffer> {
  for (const name of COLUMN_NAMES) {
    const { buffer, byteOffset, byteLength } = columns[name];
    for (let at = 0; at < byteLength; at += PART_BYTES) {
      yield Buffer.from(new Uint8Array(buffer, byteOffset + at, Math.min(PART_BYTES, byteLength - at)));
    }
  }
}

function columnsIn(memory: SharedArrayBuffer, rows: number): BarColumns {
  const column = (index: number) => new Float64Array(memory, index * rows * 8, rows);
  const [time, open, high, low, close, volume] = COLUMN_NAMES.map((_, index) => column(index));
  assert(time && open && high && low && close && volume, "bars have six columns");
  return { time, open, high, low, close, volume };
}

function otherHash(expected: string, found: string): OperatorError {
  return new OperatorError("The bars are not those of the given hash.", {
    exit: "badData",
    code: "BARS_HASH",
    expected,
    found,
  });
}
