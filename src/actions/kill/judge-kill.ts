import type { AccountShape } from "../../ports/trading-account.ts";
import type { Assertion } from "./assert-level.ts";
import type { Acks } from "./collect-acks.ts";
import type { KillRequest } from "./engage-kill-switch.ts";
import type { AccountEvidence, KillVerdict } from "./kill-report.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import { doubtsOfReach } from "./scope-reach.ts";

export interface KillJudgement {
  readonly verdict: KillVerdict;
  readonly doubts: readonly string[];
}

/**
 * What the evidence amounts to, the worst first (KS-19): nothing counts as done that was not seen to be done. So a
 * venue that cannot be looked at may hold orders, and workers on other hosts, which only the authority knows and only
 * the authority can vouch for, have not acknowledged while it is away.
 */
export function judgeKill(
  ports: { readonly accounts: readonly AccountShape[] } & Pick<KillSwitchPorts, "mayRunElsewhere" | "unread" | "home">,
  { scope, cancel, flatten }: Pick<KillRequest, "scope" | "cancel" | "flatten">,
  stores: Assertion["stores"],
  { workers, isComplete }: Acks,
  accounts: readonly AccountEvidence[],
): KillJudgement {
  const silent = workers.filter(({ by }) => by === "none").map(({ worker }) => `${worker} has not acknowledged`);
  const unknown = ports.mayRunElsewhere ? doubtsOfOthers(stores, isComplete) : [];
  const unseen = ports.accounts.length === 0 ? ["no account is configured that could be looked at"] : [];
  const unread = (ports.unread ?? []).map(
    (problem) => `accounts may be missing here, the configuration has: ${problem}`,
  );
  const unreached = doubtsOfReach(ports.accounts, scope);
  const left = accounts.flatMap((account) => doubtsOfOrders(account, cancel || flatten));
  const orders = [...unseen, ...unreached, ...unread, ...left];
  const positions = accounts.flatMap((account) => (flatten ? doubtsOfPositions(account) : []));
  const refused = stores
    .filter(({ accepted, store }) => !accepted && store !== "process")
    .map(({ store, error }) => `${store} did not accept: ${error ?? "unknown"}`);
  const doubts = [
    ...doubtsOfPlace(ports.home, stores, workers, accounts),
    ...refused,
    ...silent,
    ...unknown,
    ...orders,
    ...positions,
  ];
  if (!stores.some(({ accepted }) => accepted)) return { verdict: "not-stored", doubts };
  if (silent.length + unknown.length > 0) return { verdict: "unacknowledged", doubts };
  if (orders.length > 0) return { verdict: "residual-orders", doubts };
  if (positions.length > 0) return { verdict: "residual-position", doubts };
  return { verdict: "verified", doubts };
}

/**
 * What holds when the person went away in the middle: what was seen to be left over counts as ever; otherwise it is
 * said that nobody looked to the end. The level that was raised stands, and the same command again goes on from there.
 */
export function interrupted(
  { verdict, doubts }: KillJudgement,
  { scope, flatten }: Pick<KillRequest, "scope" | "flatten">,
  level: string,
): KillJudgement {
  const flag = scope === "global" ? "" : ` --scope ${scope}`;
  const rest = flatten && level !== "BLOCK" ? "; the workers may go on closing positions, and no block follows" : "";
  const stands = `interrupted: ${scope} stays at ${level}${rest}`;
  const next = flatten
    ? `again: ttt kill${flag} --flatten --reason '…'; or block now: ttt kill${flag} --reason '…'`
    : `again, for fresh evidence: ttt kill${flag} --reason '…'`;
  return { verdict: verdict === "verified" ? "interrupted" : verdict, doubts: [stands, next, ...doubts] };
}

/** Workers that nothing on this host reaches. */
function doubtsOfOthers(stores: Assertion["stores"], isComplete: boolean): string[] {
  const elsewhere = "workers on other hosts are known only to postgres, which";
  const next = "when it answers, give the command again";
  const accepted = stores.some((one) => one.store === "postgres" && one.accepted);
  if (!accepted) return [`${elsewhere} did not accept; ${next}`];
  return isComplete ? [] : [`${elsewhere} accepted and then did not say who they are; ${next}`];
}

/** Where neither database, worker nor venue answers, most likely nothing runs, and the stack that was meant is elsewhere. */
function doubtsOfPlace(
  home: string | undefined,
  stores: Assertion["stores"],
  workers: Acks["workers"],
  accounts: readonly AccountEvidence[],
): string[] {
  const isThere = stores.some(({ store, accepted }) => accepted && store !== "file") || workers.length > 0;
  if (home === undefined || isThere || !accounts.every(({ error }) => error !== undefined)) return [];
  return [`nothing answers in ${home}: is that the stack's state directory? TTT_HOME names it`];
}

/** Orders that stay are a doubt only where they were to be withdrawn; not being able to look is one always. */
function doubtsOfOrders({ venue, account, ordersAfter, proven, error }: AccountEvidence, withdrawn: boolean): string[] {
  const where = `${account} at ${venue}`;
  if (error !== undefined) return [`${where} cannot be looked at: ${error}`];
  if (!withdrawn) return [];
  if (ordersAfter.length > 0) return [`${where} has ${ordersAfter.length} own orders left`];
  return proven ? [] : [`${where} shows no own order, but not for long enough to prove it`];
}

function doubtsOfPositions({ venue, account, positionsAfter }: AccountEvidence): string[] {
  return positionsAfter.map(
    ({ instrument, quantity }) => `${account} at ${venue} still holds ${quantity} ${instrument}`,
  );
}
