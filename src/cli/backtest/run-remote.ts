import { awaitBacktest, type FinishedBacktest } from "../../actions/await-backtest.ts";
import type { ReadableBars } from "../../actions/load-bars.ts";
import { submitBacktest } from "../../actions/submit-backtest.ts";
import type { RunSpec } from "../../backtest/run-spec.ts";
import { OperatorError } from "../../core/errors.ts";
import type { ApiWish } from "../../runtime/api-access.ts";
import { openBacktestService } from "../../runtime/backtest-service.ts";
import { loadConfig } from "../../runtime/config.ts";
import { interruptSignal } from "../interrupt.ts";

/** Runs a backtest on the stack's backtesters, and shows its progress on stderr. Ctrl-C cancels it there. */
export async function runRemote(
  spec: RunSpec,
  sources: ReadableBars,
  { priority, ...remote }: ApiWish & { readonly priority: number | undefined },
  quiet: boolean,
): Promise<FinishedBacktest> {
  const service = openBacktestService(await loadConfig(), remote);
  const interrupted = interruptSignal();
  const { id } = await submitBacktest(spec, { sources, service }, priority);
  let shown = "";
  const onChange = ({ state, progress }: { state: string; progress: number }) => {
    const line = `${id} ${state}${state === "running" ? ` ${Math.floor(progress * 100)} %` : ""}`;
    if (!quiet && line !== shown) process.stderr.write(`${line}\n`);
    shown = line;
  };
  try {
    return await awaitBacktest(id, service, { onChange, signal: interrupted });
  } catch (error) {
    if (!interrupted.aborted) throw error;
    await service.cancel(id);
    throw new OperatorError(`Interrupted: the backtest ${id} is cancelled.`, {
      exit: "interrupted",
      code: "INTERRUPTED",
    });
  }
}
