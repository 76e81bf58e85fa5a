import type { Assertion } from "./assert-level.ts";
import type { KillRequest } from "./engage-kill-switch.ts";
import type { AccountEvidence, KillVerdict, WorkerEvidence } from "./kill-report.ts";

export interface KillJudgement {
  readonly verdict: KillVerdict;
  readonly doubts: readonly string[];
}

/** What the evidence amounts to, the worst first (KS-19): nothing counts as done that was not seen to be done. */
export function judgeKill(
  { cancel, flatten }: Pick<KillRequest, "cancel" | "flatten">,
  { stores }: Assertion,
  workers: readonly WorkerEvidence[],
  accounts: readonly AccountEvidence[],
): KillJudgement {
  const silent = workers.filter(({ by }) => by === "none").map(({ worker }) => `${worker} has not acknowledged`);
  const orders = accounts.flatMap((account) => (cancel || flatten ? doubtsOfOrders(account) : []));
  const positions = accounts.flatMap((account) => (flatten ? doubtsOfPositions(account) : []));
  const refused = stores
    .filter(({ accepted, store }) => !accepted && store !== "process")
    .map(({ store, error }) => `${store} did not accept: ${error ?? "unknown"}`);
  const doubts = [...refused, ...silent, ...orders, ...positions];
  if (!stores.some(({ accepted }) => accepted)) return { verdict: "not-stored", doubts };
  if (silent.length > 0) return { verdict: "unacknowledged", doubts };
  if (orders.length > 0) return { verdict: "residual-orders", doubts };
  if (positions.length > 0) return { verdict: "residual-position", doubts };
  return { verdict: "verified", doubts };
}

function doubtsOfOrders({ venue, account, ordersAfter, proven, error }: AccountEvidence): string[] {
  const where = `${account} at ${venue}`;
  if (error !== undefined) return [`${where} cannot be looked at: ${error}`];
  if (ordersAfter.length > 0) return [`${where} has ${ordersAfter.length} own orders left`];
  return proven ? [] : [`${where} shows no own order, but not for long enough to prove it`];
}

function doubtsOfPositions({ venue, account, positionsAfter }: AccountEvidence): string[] {
  return positionsAfter.map(
    ({ instrument, quantity }) => `${account} at ${venue} still holds ${quantity} ${instrument}`,
  );
}
