import type { RunOutcome, RunReport } from "../backtest/run-report.ts";
import type { ShardResult } from "../backtest/sweep/shard.ts";
import { OperatorError } from "../core/errors.ts";
import type { JobDocument } from "../ops/job.ts";

/** Names of the documents that a backtest job leaves, and the one that a shard of a sweep does. */
export const BACKTEST_DOCUMENTS = { report: "report.json", equity: "equity.f64", trials: "trials.json" } as const;

/** A run as the documents that are kept: its report as JSON, and time and equity as float64, little-endian. */
export function backtestDocuments({ report, result }: RunOutcome): JobDocument[] {
  return [
    { name: BACKTEST_DOCUMENTS.report, contentType: "application/json", bytes: encodeReport(report) },
    {
      name: BACKTEST_DOCUMENTS.equity,
      contentType: "application/octet-stream",
      bytes: encodeCurve(result.time, result.equity),
    },
  ];
}

/** The trials of a shard as the document that is kept. */
export function shardDocuments(result: ShardResult): JobDocument[] {
  const bytes = new TextEncoder().encode(JSON.stringify(result));
  return [{ name: BACKTEST_DOCUMENTS.trials, contentType: "application/json", bytes }];
}

export function decodeShard(bytes: Uint8Array): ShardResult {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The very bytes that two runs of one specification are compared by. */
export function encodeReport(report: RunReport): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(report));
}

export function decodeReport(bytes: Uint8Array): RunReport {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The equity at each step, milliseconds since the epoch and cash. */
export interface EquityCurve {
  readonly time: Float64Array;
  readonly equity: Float64Array;
}

export function encodeCurve(time: Float64Array, equity: Float64Array): Uint8Array {
  const both = new Float64Array(equity.length * 2);
  both.set(time.subarray(0, equity.length));
  both.set(equity, equity.length);
  return new Uint8Array(both.buffer);
}

export function decodeCurve(bytes: Uint8Array): EquityCurve {
  if (bytes.length % 16 !== 0) {
    throw new OperatorError("The equity curve is damaged.", {
      exit: "badData",
      code: "EQUITY_DAMAGED",
      found: `${bytes.length} bytes`,
    });
  }
  // A copy, for its own alignment: the bytes may be a part of something larger.
  const both = new Float64Array(Uint8Array.from(bytes).buffer);
  const steps = both.length / 2;
  return { time: both.subarray(0, steps), equity: both.subarray(steps) };
}
