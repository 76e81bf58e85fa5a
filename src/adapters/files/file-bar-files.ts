import { open, rename, rm, stat } from "node:fs/promises";
import { BarBuffer } from "../../backtest/data/bar-buffer.ts";
import { badBars } from "../../backtest/data/data-error.ts";
import { OperatorError } from "../../core/errors.ts";
import type { BarFiles, ReadOptions } from "../../ports/bar-files.ts";
import type { BarRows } from "../../ports/bar-store.ts";
import type { BarColumns } from "../../trading/bar.ts";
import { hashOfBars } from "./bar-hash.ts";
import { streamCsv, writeCsv } from "./csv-file.ts";
import { streamParquet, writeParquet } from "./parquet-file.ts";

/** Bytes of a row in the usual files, by which room is made; a guess that is wrong costs a copy. */
const USUAL_ROW_BYTES = 56;
const MOST_EXPECTED_ROWS = 4_000_000;

/** Files of bars on this machine's disk. The format is told by the first bytes, not by the name. */
export const fileBarFiles: BarFiles = {
  async stream(path, options, sink) {
    const stream = (await isParquet(path)) ? streamParquet : streamCsv;
    return stream(path, options, sink);
  },

  async read(path: string, options: ReadOptions & { readonly acceptErrors?: boolean } = {}) {
    const { size } = await stat(path).catch(() => ({ size: 0 }));
    const buffer = new BarBuffer(Math.min(MOST_EXPECTED_ROWS, size / USUAL_ROW_BYTES));
    const summary = await fileBarFiles.stream(path, options, (rows: BarRows) => buffer.append(rows));
    if (summary.report.errors > 0 && !options.acceptErrors) throw badBars(path, summary.report);
    const columns = buffer.columns();
    return { columns, hash: hashOfBars(columns), summary };
  },

  async write(path: string, columns: BarColumns) {
    const part = `${path}.part`;
    try {
      if (/\.(parquet|pq)$/.test(path)) await writeParquet(part, columns);
      else await writeCsv(part, columns);
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  },
};

async function isParquet(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString("latin1") === "PAR1";
  } catch (cause) {
    throw new OperatorError(`${path} cannot be read.`, {
      exit: "notFound",
      code: "FILE_NOT_FOUND",
      expected: "a dataset of the store, or a file of bars",
      found: cause instanceof Error ? cause.message : String(cause),
      hint: "ttt data list shows the datasets",
      cause,
    });
  }
}
