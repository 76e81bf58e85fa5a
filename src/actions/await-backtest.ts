import type { RunReport } from "../backtest/run-report.ts";
import { OperatorError } from "../core/errors.ts";
import { errorOf } from "../ops/job-failure.ts";
import type { BacktestService, RemoteBacktest } from "../ports/backtest-service.ts";
import { decodeCurve, decodeReport, type EquityCurve } from "./backtest-documents.ts";

export interface FinishedBacktest extends EquityCurve {
  readonly id: string;
  readonly report: RunReport;
}

/**
 * Waits until a backtest elsewhere ends, and fetches its result. Throws the error it failed with. When the signal
 * aborts this throws its reason; the backtest itself goes on.
 */
export async function awaitBacktest(
  id: string,
  service: BacktestService,
  options: { readonly onChange?: (backtest: RemoteBacktest) => void; readonly signal?: AbortSignal } = {},
): Promise<FinishedBacktest> {
  let last: RemoteBacktest | undefined;
  for await (const now of service.follow(id, options.signal)) {
    last = now;
    options.onChange?.(now);
  }
  if (last?.state !== "succeeded") throw last?.failure ? errorOf(last.failure) : withoutResult(id, last?.state);
  const [report, curve] = await Promise.all([service.report(id), service.equity(id)]);
  return { id, report: decodeReport(report), ...decodeCurve(curve) };
}

function withoutResult(id: string, state = "gone"): OperatorError {
  return new OperatorError(`The backtest ${id} is ${state}.`, {
    exit: state === "cancelled" ? "interrupted" : "jobFailed",
    code: state === "cancelled" ? "BACKTEST_CANCELLED" : "BACKTEST_LOST",
    found: state,
  });
}
