import { BarBuffer } from "../backtest/data/bar-buffer.ts";
import { checkBars } from "../backtest/data/check-bars.ts";
import { badBars } from "../backtest/data/data-error.ts";
import type { DatasetInfo } from "../backtest/data/dataset.ts";
import { type Clock, sleep } from "../core/clock.ts";
import { OperatorError, OutageError } from "../core/errors.ts";
import type { BarHistory, OpenBarHistory } from "../ports/bar-history.ts";
import type { BarStore } from "../ports/bar-store.ts";
import type { BarColumns } from "../trading/bar.ts";
import { datasetName, saveBars } from "./import-bars.ts";

export interface FetchRequest {
  readonly exchange: string;
  /** As the exchange's library writes it: `BTC/USDT`. */
  readonly symbol: string;
  /** `1m`, `1h`, `1d` ... */
  readonly interval: string;
  /** First time and end (not included), milliseconds since the epoch. Without an end: what there is. */
  readonly from: number;
  readonly to?: number;
  readonly name?: string;
  readonly endpoint?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (rows: number, lastMs: number) => void;
}

export interface FetchResult {
  readonly dataset: DatasetInfo;
  /** Bars that were there before, and that came now. */
  readonly had: number;
  readonly fetched: number;
}

/** Failures in a row that are waited for, and how long: 1 s, 2 s, 4 s, 8 s. */
const MAX_ATTEMPTS = 5;
const FIRST_WAIT_MS = 1000;
/** Bars after which what has come is stored, so that an interruption costs little. */
const KEEP_EVERY = 50_000;

/**
 * Brings bars from an exchange into the store. A dataset of the same name from the same source is gone on with from its
 * last bar. When it is interrupted, or the exchange stops answering, what has come is stored before the error is thrown.
 */
export async function fetchBars(
  request: FetchRequest,
  {
    bars,
    openHistory,
    clock,
  }: { readonly bars: BarStore; readonly openHistory: OpenBarHistory; readonly clock: Clock },
): Promise<FetchResult> {
  const { exchange, symbol, interval, endpoint, to = Number.POSITIVE_INFINITY } = request;
  const name = request.name ?? datasetName(`${exchange}-${symbol.replaceAll(/[/:]/g, "-")}-${interval}`);
  const label = { name, synthetic: false, source: `${exchange} ${symbol} ${interval}`, timezone: "UTC" };
  const buffer = new BarBuffer();
  const had = await goOn(label, bars, buffer);
  const history = await openHistory(exchange, endpoint === undefined ? {} : { endpoint });

  let since = buffer.length > 0 ? buffer.columns().time.at(-1)! + 1 : request.from;
  let stored = buffer.length;
  const keep = async () => {
    const info = await saveBars(bars, label, buffer.columns());
    stored = buffer.length;
    return info;
  };
  try {
    while (since < to) {
      const page = await patiently(history, request, since, clock);
      const end = page.time.findIndex((time) => time >= to);
      const count = end === -1 ? page.time.length : end;
      if (count > 0) append(buffer, page, count, label.source);
      request.onProgress?.(buffer.length, page.time.at(-1) ?? since);
      if (page.time.length === 0 || count < page.time.length) break;
      since = page.time.at(-1)! + 1;
      if (buffer.length - stored >= KEEP_EVERY) await keep();
    }
  } catch (error) {
    if (buffer.length > stored) await keep();
    throw error;
  }
  if (buffer.length === 0) {
    throw new OperatorError(`${exchange} has no bars of ${symbol} in that time.`, {
      exit: "notFound",
      code: "NO_BARS",
    });
  }
  return { dataset: await keep(), had, fetched: buffer.length - had };
}

/** Takes up an earlier fetch of the same bars. A dataset of other origin is not overwritten. */
async function goOn(label: { name: string; source: string }, bars: BarStore, buffer: BarBuffer): Promise<number> {
  const earlier = await bars.read(label.name);
  if (earlier === undefined) return 0;
  if (earlier.info.source !== label.source) {
    throw new OperatorError(`There is a dataset ${label.name} from elsewhere.`, {
      exit: "conflict",
      code: "DATASET_EXISTS",
      expected: label.source,
      found: earlier.info.source,
      hint: "--name gives another",
    });
  }
  buffer.append({ ...earlier.columns, count: earlier.info.rows });
  return earlier.info.rows;
}

function append(buffer: BarBuffer, page: BarColumns, count: number, source: string): void {
  const report = checkBars(page);
  if (report.errors > 0) throw badBars(source, report);
  buffer.append({ ...page, count });
}

/** One page; an exchange that does not answer is asked again, less and less often. */
async function patiently(
  history: BarHistory,
  { symbol, interval, signal }: FetchRequest,
  since: number,
  clock: Clock,
): Promise<BarColumns> {
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) {
      throw new OperatorError("The fetch was interrupted; what has come is kept.", {
        exit: "interrupted",
        code: "INTERRUPTED",
        hint: "the same command goes on",
      });
    }
    try {
      return await history.page(symbol, interval, since);
    } catch (error) {
      if (!(error instanceof OutageError) || attempt === MAX_ATTEMPTS) throw error;
      await sleep(clock, FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    }
  }
}
