import type { DatasetInfo } from "../backtest/data/dataset.ts";
import { parseInterval } from "../backtest/data/interval.ts";
import { type Bucket, resampleBars } from "../backtest/data/resample-bars.ts";
import { OperatorError } from "../core/errors.ts";
import { saveBars } from "./import-bars.ts";
import { type BarSources, loadBars } from "./load-bars.ts";

/** Makes a coarser dataset of another: `to` is `5m`, `1h`, `1d`, `1w` or `1mo`. */
export async function resampleData(
  request: { readonly ref: string; readonly to: string; readonly name?: string },
  sources: BarSources,
): Promise<DatasetInfo> {
  const { info, columns } = await loadBars({ ref: request.ref }, sources);
  const bucket = bucketOf(request.to);
  if (bucket.kind === "interval" && bucket.ms <= info.calendar.intervalMs) {
    throw new OperatorError(`${request.to} is not coarser than the bars of ${request.ref}.`, {
      exit: "usage",
      code: "INTERVAL_TOO_FINE",
      expected: `more than ${info.calendar.interval}`,
      found: request.to,
    });
  }
  const label = {
    name: request.name ?? `${info.name}-${request.to}`,
    synthetic: info.synthetic,
    source: `${info.name} in bars of ${request.to}`,
    timezone: info.timezone,
  };
  return saveBars(sources.bars, label, resampleBars(columns, bucket));
}

function bucketOf(text: string): Bucket {
  if (/^1(mo|M)$/.test(text)) return { kind: "month" };
  const ms = parseInterval(text);
  if (ms !== undefined) return { kind: "interval", ms };
  throw new OperatorError(`${text} is no interval.`, {
    exit: "usage",
    code: "INTERVAL_UNKNOWN",
    expected: "5m, 1h, 1d, 1w, 1mo",
    found: text,
  });
}
