import { OperatorError } from "../core/errors.ts";
import type { RunStore } from "../ports/run-store.ts";

/** Asks a running sweep to stop; what it has done is kept, and it can be resumed. With `dryRun` only looks. */
export async function cancelRun(
  id: string,
  runs: RunStore,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<{ readonly id: string; readonly cancelled: boolean }> {
  const record = await runs.find(id);
  if (record.status !== "running") {
    throw new OperatorError(`${record.id} is not running.`, {
      exit: "conflict",
      code: "NOT_RUNNING",
      found: record.status,
    });
  }
  if (!dryRun) await runs.cancel(record.id);
  return { id: record.id, cancelled: !dryRun };
}
