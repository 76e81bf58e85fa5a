import { OperatorError } from "../../core/errors.ts";
import type { TradingAccount } from "../../ports/trading-account.ts";
import { contains, type Scope } from "../../trading/scope.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import type { KillStatus, WorkerStatus } from "./read-kill-status.ts";

/** How old the reconciliation of what is armed may be: workers repeat it every five seconds. */
export const ARM_CERTIFICATE_MS = 30_000;

/**
 * What speaks against arming the scope, or undefined: orders of unknown fate, here or left behind by a worker that is
 * gone; workers of different releases; partitions in scope that are not reconciled with the venue (KS-23).
 */
export async function objectionToArm(
  { accounts, record }: Pick<KillSwitchPorts, "accounts" | "record">,
  { workers }: KillStatus,
  scope: Scope,
): Promise<OperatorError | undefined> {
  const live = workers.filter((worker) => worker.live);
  const unresolved = live.filter((worker) => worker.unresolved > 0);
  if (unresolved.length > 0) {
    const found = unresolved.map(({ worker, unresolved: count }) => `${worker}: ${count}`).join(", ");
    return refused("There are orders whose fate is not known.", "ARM_UNRESOLVED", "none", found, LOOK);
  }
  const configured = new Set<string>(accounts.flatMap(({ partitions }) => partitions.map(({ id }) => id)));
  const abandoned = ((await record?.abandoned()) ?? []).filter(({ partition }) => configured.has(partition));
  if (abandoned.length > 0) {
    const found = abandoned.map(({ partition, orders }) => `${partition}: ${orders}`).join(", ");
    const message = "There are orders whose fate is not known, and no worker that asks the venue about them.";
    return refused(message, "ARM_UNRESOLVED", "none", found, "ttt up, and arm when a worker has looked");
  }
  const releases = new Set(live.map(({ buildHash, configHash }) => `build ${buildHash} configuration ${configHash}`));
  if (releases.size > 1) {
    const found = [...releases].join("; ");
    const hint = "ttt reload worker, and arm when they all run the same";
    return refused("The workers do not run the same release.", "ARM_MIXED_RELEASES", "one", found, hint);
  }
  const inScope = partitionsIn(accounts, scope);
  const stale = live.filter(
    (one) => one.partitions.some((id) => inScope.has(id) || !configured.has(id)) && !fresh(one),
  );
  if (stale.length > 0) {
    const found = stale.map(({ worker, certificateAgeMs: age }) => `${worker}: ${ageText(age)}`).join(", ");
    const expected = `a reconciliation of the last ${ARM_CERTIFICATE_MS / 1000} s`;
    return refused("A worker has not reconciled with the venue.", "ARM_NOT_RECONCILED", expected, found, LOOK);
  }
  return undefined;
}

const LOOK = "ttt kill status, ttt logs worker";

const fresh = ({ certificateAgeMs: age }: WorkerStatus) => age !== undefined && age <= ARM_CERTIFICATE_MS;
const ageText = (age: number | undefined) => (age === undefined ? "never" : `${Math.round(age / 1000)} s ago`);

function partitionsIn(accounts: readonly TradingAccount[], scope: Scope): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { account, instruments, partitions } of accounts) {
    for (const { id, strategy, instrument } of partitions) {
      const venue = instruments.get(instrument)?.venue;
      if (venue !== undefined && contains(scope, { venue, account, strategy, instrument })) ids.add(id);
    }
  }
  return ids;
}

function refused(message: string, code: string, expected: string, found: string, hint: string): OperatorError {
  return new OperatorError(message, { exit: "refused", code, expected, found, hint, retryable: true });
}
