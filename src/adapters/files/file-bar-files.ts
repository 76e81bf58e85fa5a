import { open, rename, rm } from "node:fs/promises";
import { BarBuffer } from "../../backtest/data/bar-buffer.ts";
import { badBars } from "../../backtest/data/data-error.ts";
import { OperatorError } from "../../core/errors.ts";
import type { BarFiles, ReadOptions } from "../../ports/bar-files.ts";
import type { BarRows } from "../../ports/bar-store.ts";
import type { BarColumns } from "../../trading/bar.ts";
import { hashOfBars } from "./bar-hash.ts";
import { streamCsv, writeCsv } from "./csv-file.ts";
import { streamParquet, writeParquet } from "./parquet-file.ts";

/** Files of bars on this machine's disk. The format is told by the first bytes, not by the name. */
export const fileBarFiles: BarFiles = {
  async stream(path, options, sink) {
    const stream = (await isParquet(path)) ? streamParquet : streamCsv;
    return stream(path, options, sink);
  },

  async read(path: string, options: ReadOptions & { readonly acceptErrors?: boolean } = {}) {
    const buffer = new BarBuffer();
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
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
