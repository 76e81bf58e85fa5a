import { basename } from "node:path";
import { calendarOf } from "../backtest/data/calendar.ts";
import type { CsvOptions } from "../backtest/data/csv-layout.ts";
import type { Dataset } from "../backtest/data/dataset.ts";
import type { DataRef } from "../backtest/run-spec.ts";
import { OperatorError } from "../core/errors.ts";
import type { BarFiles } from "../ports/bar-files.ts";
import type { BarStore } from "../ports/bar-store.ts";

export interface BarSources {
  readonly bars: BarStore;
  readonly files: BarFiles;
}

/** What reading by reference needs: `files` is left out where references may not name files. */
export interface ReadableBars {
  readonly bars: Pick<BarStore, "read">;
  readonly files?: BarFiles;
}

/** The bars that a reference names: a dataset of the store, or else a file. Throws OperatorError when there are none. */
export async function loadBars(
  { ref, hash }: Pick<DataRef, "ref" | "hash">,
  { bars, files }: ReadableBars,
  options: CsvOptions = {},
): Promise<Dataset> {
  const dataset = (await bars.read(ref)) ?? (files ? await readFile(ref, files, options) : undefined);
  if (!dataset) throw unknownBars(ref);
  if (hash !== undefined && hash !== dataset.info.hash) throw otherBars(ref, hash, dataset.info.hash);
  if (dataset.columns.time.length === 0) throw noBars(ref);
  return dataset;
}

/** The name of an instrument, when the reference gives none: the last part of the path without its endings. */
export function symbolOf({ ref, symbol }: DataRef): string {
  return symbol ?? basename(ref).replace(/(\.(csv|tsv|txt|parquet|pq|gz|zst))+$/i, "");
}

async function readFile(path: string, files: BarFiles, options: CsvOptions): Promise<Dataset> {
  const { columns, hash } = await files.read(path, options);
  const { time } = columns;
  return {
    columns,
    info: {
      name: path,
      hash,
      rows: time.length,
      from: time[0] ?? Number.NaN,
      to: time.at(-1) ?? Number.NaN,
      synthetic: false,
      source: path,
      timezone: options.timezone ?? "UTC",
      calendar: calendarOf(time),
    },
  };
}

function otherBars(ref: string, expected: string, found: string): OperatorError {
  return new OperatorError(`${ref} holds other bars than were meant.`, {
    exit: "conflict",
    code: "DATA_CHANGED",
    expected: `bars with hash ${expected}`,
    found,
  });
}

function unknownBars(ref: string): OperatorError {
  return new OperatorError(`There are no bars ${ref}.`, { exit: "notFound", code: "BARS_UNKNOWN", found: ref });
}

function noBars(ref: string): OperatorError {
  return new OperatorError(`${ref} holds no bars.`, { exit: "badData", code: "NO_BARS" });
}
