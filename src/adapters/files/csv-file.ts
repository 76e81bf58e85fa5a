import { createReadStream, createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip, createZstdDecompress } from "node:zlib";
import { BarChecker } from "../../backtest/data/check-bars.ts";
import { type CsvLayout, recogniseLayout } from "../../backtest/data/csv-layout.ts";
import { CsvParser } from "../../backtest/data/csv-parser.ts";
import { csvHeader, csvRow } from "../../backtest/data/csv-writer.ts";
import { badLayout } from "../../backtest/data/data-error.ts";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { ReadOptions, ReadSummary } from "../../ports/bar-files.ts";
import type { BarRows } from "../../ports/bar-store.ts";
import type { BarColumns } from "../../trading/bar.ts";

/** Bytes read at once: few system calls, and still little memory. */
const CHUNK_BYTES = 1 << 20;
/** The beginning of a file by which its layout is recognised. */
const HEAD_BYTES = 1 << 16;
const HEAD_LINES = 200;

/** Streams a CSV file, plain or compressed with gzip or zstd, checking the rows on their way. */
export async function streamCsv(
  path: string,
  options: ReadOptions,
  sink: (rows: BarRows) => void,
): Promise<ReadSummary> {
  const { size } = await stat(path);
  const checker = new BarChecker();
  let parser: CsvParser | undefined;
  let layout: CsvLayout | undefined;
  let head = new Uint8Array(0);

  const start = (bytes: Uint8Array): CsvParser => {
    layout = layoutOf(path, bytes, options);
    const made = new CsvParser(layout, options, (batch) => {
      checker.add(batch, (line, column) => textOfBadCell(made, layout!, line, column));
      sink(batch);
    });
    made.push(bytes);
    return made;
  };
  const take = (chunk: Uint8Array): void => {
    if (parser !== undefined) {
      parser.push(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length >= HEAD_BYTES) parser = start(head);
  };

  try {
    await readAll(path, size, options, take);
    parser ??= start(head);
    parser.finish();
    checker.addOddTimes(parser.oddTimes());
  } catch (error) {
    throw readable(path, error);
  }
  const columns = layout!.roles.flatMap((role, i) =>
    role === "skip" ? [] : [`${layout!.names[i] || "first"} -> ${role}`],
  );
  return { format: "csv", bytes: size, columns, report: checker.report() };
}

async function readAll(
  path: string,
  size: number,
  { onProgress, signal }: ReadOptions,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const decompress = await decompressor(path);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const report = () => onProgress?.(file.bytesRead, size);
  const consume = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      take(chunk);
      report();
    }
  };
  const options = signal ? { signal } : {};
  if (decompress) await pipeline(file, decompress, consume, options);
  else await pipeline(file, consume, options);
}

async function decompressor(path: string) {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
  if (buffer[0] === 0x1f && buffer[1] === 0x8b) return createGunzip({ chunkSize: CHUNK_BYTES });
  return buffer.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress({ chunkSize: CHUNK_BYTES }) : undefined;
}

function layoutOf(path: string, head: Uint8Array, options: ReadOptions): CsvLayout {
  const lines = new TextDecoder().decode(head.subarray(0, HEAD_BYTES)).split("\n", HEAD_LINES + 1);
  // The last line may be cut off, unless it is all there is.
  const layout = recogniseLayout(lines.length > 2 ? lines.slice(0, -1) : lines, options);
  if ("problem" in layout) throw badLayout(path, layout);
  return layout;
}

function textOfBadCell(parser: CsvParser, layout: CsvLayout, line: number, role: string): string | undefined {
  const names = layout.names.filter(
    (_, i) => layout.roles[i] === role || (role === "time" && layout.roles[i] === "clock"),
  );
  return parser.badCells.find((cell) => cell.line === line && (names.includes(cell.column) || cell.column === role))
    ?.text;
}

function readable(path: string, error: unknown): unknown {
  if (error instanceof OperatorError || (error instanceof Error && error.name === "AbortError")) return error;
  return new OperatorError(`${path}: ${messageOf(error)}`, { exit: "badData", code: "UNREADABLE_FILE", cause: error });
}

/** Writes bars with the header `time,open,high,low,close,volume` and ISO times; compressed when the path says so. */
export async function writeCsv(path: string, columns: BarColumns): Promise<void> {
  const rows = Readable.from(blocksOf(columns));
  if (path.endsWith(".gz.part") || path.endsWith(".gz")) await pipeline(rows, createGzip(), createWriteStream(path));
  else await pipeline(rows, createWriteStream(path));
}

const ROWS_PER_BLOCK = 10_000;

function* blocksOf(columns: BarColumns): Generator<string> {
  yield csvHeader;
  const length = columns.time.length;
  for (let start = 0; start < length; start += ROWS_PER_BLOCK) {
    let block = "";
    for (let row = start; row < Math.min(length, start + ROWS_PER_BLOCK); row++) block += csvRow(columns, row);
    yield block;
  }
}
