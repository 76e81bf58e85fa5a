import type { LevelRaise } from "../../ports/kill-store.ts";
import type { Level } from "../../trading/level.ts";
import type { Scope } from "../../trading/scope.ts";
import { type Assertion, assertLevel } from "./assert-level.ts";
import { collectAcks, Fan } from "./collect-acks.ts";
import { type Closing, doubtsOfClosing, flattenPositions } from "./flatten-positions.ts";
import { interrupted, judgeKill } from "./judge-kill.ts";
import type { KillReport, WorkerEvidence } from "./kill-report.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import { touches } from "./own-orders.ts";
import { AccountUnderKill } from "./withdraw-orders.ts";

export interface KillRequest {
  /** The same id again is the same kill (KS-20). */
  readonly commandId: string;
  readonly scope: Scope;
  readonly level: Exclude<Level, "RUN">;
  readonly cancel: boolean;
  readonly flatten: boolean;
  readonly reason: string;
  readonly actor: string;
  readonly origin: string;
  /** How long the acknowledgements may take, and then the orders, and then the positions. */
  readonly ackTimeoutMs: number;
  readonly actionTimeoutMs: number;
  /** Aborted, it waits for nothing any more and reports what it has seen. What was raised stays. */
  readonly signal?: AbortSignal;
}

/**
 * The kill switch. Always in this order (KS-13): the level is raised everywhere, the workers are told, their
 * acknowledgements collected; only then are orders withdrawn, until the venue shows none; only then positions closed;
 * and at the end the venue is looked at once more. Never throws for anything that is down: the report says it.
 */
export async function engageKillSwitch(ports: KillSwitchPorts, request: KillRequest): Promise<KillReport> {
  const { clock } = ports;
  const { scope, cancel, flatten, actionTimeoutMs, signal } = request;
  const isOver = () => signal?.aborted === true;
  const startedAt = clock.monotonic();
  const accounts = ports.accounts
    .filter((account) => touches(account, scope))
    .map((account) => new AccountUnderKill(account, scope, clock));
  const looked = Promise.all(accounts.map((account) => account.look()));

  // Exits may only leave while strategies are held to reducing; the block follows when the venue shows flat.
  const first: LevelRaise = { ...request, level: flatten ? "REDUCE_ONLY" : request.level };
  let [assertion, workers] = await raise(ports, first, startedAt, request.ackTimeoutMs, signal);
  await looked;
  if (cancel || flatten) await withdraw(accounts, clock.monotonic() + actionTimeoutMs, signal);
  let closing: Closing | undefined;
  let level: Exclude<Level, "RUN"> = first.level;
  if (flatten && !isOver()) {
    const deadline = clock.monotonic() + actionTimeoutMs;
    const ask = { id: request.commandId, scope, action: "flatten" } as const;
    closing = await flattenPositions(ports, ask, accounts, deadline, signal);
  }
  if (flatten && !isOver()) {
    const block: LevelRaise = { ...request, level: "BLOCK", commandId: `${request.commandId}:block` };
    level = "BLOCK";
    // The block is what the kill promises: it is judged by who took that, not by who took the first level.
    [assertion, workers] = await raise(ports, block, clock.monotonic(), request.ackTimeoutMs, signal);
    await withdraw(accounts, clock.monotonic() + actionTimeoutMs, signal);
  } else await Promise.all(accounts.map((account) => account.look()));

  const evidence = accounts.map((account) => account.evidence);
  const judged = judgeKill(ports, request, assertion.stores, workers, evidence);
  const { verdict, doubts } = isOver() ? interrupted(judged, request, level) : judged;
  const known = evidence.filter(({ snapshotAt }) => snapshotAt !== undefined);
  const report: KillReport = {
    commandId: request.commandId,
    scope,
    level,
    epoch: assertion.epoch,
    reason: request.reason,
    verdict,
    doubts: [...doubts, ...doubtsOfClosing(closing, verdict)],
    held: await heldBeside(ports, scope),
    stores: assertion.stores,
    workers,
    accounts: evidence,
    ordersAfter: known.length === 0 ? undefined : known.reduce((sum, { ordersAfter }) => sum + ordersAfter.length, 0),
    propagationMs: propagationOf(workers),
    durationMs: clock.monotonic() - startedAt,
    journal: undefined,
  };
  return { ...report, journal: await journalise(ports, request, report) };
}

async function raise(
  ports: KillSwitchPorts,
  level: LevelRaise,
  startedAt: number,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<[Assertion, readonly WorkerEvidence[]]> {
  const { commandId, scope, reason, actor, origin } = level;
  const fan = new Fan(ports, startedAt);
  const command = { commandId, scope, level: level.level, reason, actor, origin };
  const assertion = await assertLevel(ports, command, (one) => fan.out(one));
  const workers = await collectAcks(ports, fan, assertion.epoch, startedAt, timeoutMs, signal);
  const inProcess = fan.answers.size > 0 || [...fan.silent.values()].includes(true);
  const stores = [...assertion.stores, { store: "process", accepted: inProcess }];
  return [{ ...assertion, stores }, workers];
}

async function withdraw(
  accounts: readonly AccountUnderKill[],
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await Promise.all(accounts.map((account) => account.withdraw(deadline, signal)));
}

/** Other scopes that the authority holds: a flatten leaves each strategy blocked by itself, and an arm lifts one scope. */
async function heldBeside({ record }: KillSwitchPorts, scope: Scope): Promise<readonly string[]> {
  const notes = await record?.notes().catch(() => undefined);
  return (notes ?? [])
    .filter((one) => one.level !== "RUN" && one.scope !== scope)
    .map((one) => `${one.scope} at ${one.level}`);
}

function propagationOf(workers: readonly WorkerEvidence[]): number | undefined {
  if (workers.some(({ by }) => by === "none")) return undefined;
  return Math.max(0, ...workers.map(({ afterMs = 0 }) => afterMs));
}

/** The evidence goes on record (KS-32); when it cannot, the report is still the operator's. */
async function journalise(
  { journal }: KillSwitchPorts,
  { actor, origin, commandId }: KillRequest,
  report: KillReport,
): Promise<number | undefined> {
  const entry = { kind: "kill.evidence", actor, origin, commandId, body: report };
  return journal?.append(entry).catch(() => undefined);
}
