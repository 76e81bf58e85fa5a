import type { LevelRaise } from "../../ports/kill-store.ts";
import type { LevelNote } from "../../ports/level-record.ts";
import type { Level } from "../../trading/level.ts";
import type { Scope } from "../../trading/scope.ts";
import { type Assertion, assertLevel } from "./assert-level.ts";
import { type Acks, collectAcks, Fan } from "./collect-acks.ts";
import { exitsHeld } from "./exits-held.ts";
import { type Closing, doubtsOfClosing, flattenPositions, notClosed, UNRECORDABLE } from "./flatten-positions.ts";
import { authorityPatienceMs, Inquiry } from "./inquiry.ts";
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
  let raised = await raise(ports, first, startedAt, request);
  await looked;
  if (cancel || flatten) await withdraw(accounts, clock.monotonic() + actionTimeoutMs, signal);
  let closing: Closing | undefined;
  if (flatten && !isOver()) {
    const deadline = clock.monotonic() + actionTimeoutMs;
    const ask = { id: request.commandId, scope, action: "flatten" } as const;
    const prevented = await whyNoExits(ports, raised, scope);
    closing = prevented ?? (await flattenPositions(ports, ask, accounts, deadline, signal));
  }
  if (flatten && !isOver()) {
    const block: LevelRaise = { ...request, level: "BLOCK", commandId: `${request.commandId}:block` };
    // The block is what the kill promises: it is judged by who took that, not by who took the first level.
    raised = await raise(ports, block, clock.monotonic(), request);
    await withdraw(accounts, clock.monotonic() + actionTimeoutMs, signal);
  } else await Promise.all(accounts.map((account) => account.look()));

  const evidence = accounts.map((account) => account.evidence);
  const { assertion, acks, inquiry, level } = raised;
  const judged = judgeKill(ports, request, assertion.stores, acks, evidence);
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
    ...(await standingOf(ports, inquiry, request, flattenedBy(ports, request, closing))),
    stores: assertion.stores,
    workers: acks.workers,
    accounts: evidence,
    ordersAfter: known.length === 0 ? undefined : known.reduce((sum, { ordersAfter }) => sum + ordersAfter.length, 0),
    propagationMs: propagationOf(acks.workers),
    durationMs: clock.monotonic() - startedAt,
    journal: undefined,
  };
  return { ...report, journal: await journalise(ports, inquiry, request, report) };
}

/** A level that was raised: who took it, who confirmed it, and how far the authority's database can be asked more. */
interface Raised {
  readonly level: LevelRaise["level"];
  readonly assertion: Assertion;
  readonly acks: Acks;
  readonly inquiry: Inquiry;
}

async function raise(
  ports: KillSwitchPorts,
  { commandId, scope, level, reason, actor, origin }: LevelRaise,
  startedAt: number,
  { ackTimeoutMs: timeoutMs, signal }: Pick<KillRequest, "ackTimeoutMs" | "signal">,
): Promise<Raised> {
  const inquiry = new Inquiry(ports.clock, authorityPatienceMs(timeoutMs));
  const fan = new Fan(ports, startedAt);
  const command = { commandId, scope, level, reason, actor, origin };
  const { epoch, stores } = await assertLevel(ports, inquiry, command, (one) => fan.out(one));
  const acks = await collectAcks(ports, inquiry, fan, epoch, { startedAt, timeoutMs, signal });
  const inProcess = fan.answers.size > 0 || [...fan.silent.values()].includes(true);
  const assertion = { epoch, stores: [...stores, { store: "process", accepted: inProcess }] };
  return { level, assertion, acks, inquiry };
}

/** What is known beforehand to keep every exit in scope from leaving. */
async function whyNoExits(
  { record, accounts }: KillSwitchPorts,
  { assertion, inquiry }: Raised,
  scope: Scope,
): Promise<Closing | undefined> {
  if (assertion.epoch === undefined && inquiry.wasAway) return notClosed(UNRECORDABLE);
  const notes = record && (await inquiry.ask(() => record.notes()));
  const held = notes?.ok ? exitsHeld(accounts, scope, notes.value) : undefined;
  return held === undefined ? undefined : notClosed(held);
}

async function withdraw(
  accounts: readonly AccountUnderKill[],
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await Promise.all(accounts.map((account) => account.withdraw(deadline, signal)));
}

/**
 * What the authority has on record by now: other scopes that are held, because a flatten leaves each strategy blocked
 * by itself and an arm lifts one scope; and whose kill it is that holds this scope, where it is not this one.
 */
async function standingOf(
  { record }: KillSwitchPorts,
  inquiry: Inquiry,
  { scope, commandId }: KillRequest,
  flattened: readonly string[],
): Promise<Pick<KillReport, "held" | "since">> {
  const notes = record && (await inquiry.ask(() => record.notes()));
  if (!notes?.ok) return { held: flattened, since: undefined };
  const held = notes.value.filter(({ level }) => level !== "RUN");
  const isOurs = (one: LevelNote) => one.commandId.startsWith(commandId) || one.reason.includes(commandId);
  const before = held.find((one) => one.scope === scope && !isOurs(one));
  return {
    held: [
      ...new Set([
        ...held.filter((one) => one.scope !== scope).map((one) => `${one.scope} at ${one.level}`),
        ...flattened,
      ]),
    ],
    since: before && { by: before.actor, at: new Date(before.at).toISOString(), reason: before.reason },
  };
}

/** Strategies that were flattened block themselves: they say that they are done before that is on record. */
function flattenedBy({ accounts }: KillSwitchPorts, { scope }: KillRequest, closing: Closing | undefined): string[] {
  if (scope.startsWith("instrument:")) return [];
  const done = new Set((closing?.partitions ?? []).filter(({ phase }) => phase === "done").map((one) => one.partition));
  const strategies = accounts.flatMap(({ partitions }) => partitions.filter(({ id }) => done.has(id)));
  return strategies
    .map(({ strategy }) => `strategy:${strategy}`)
    .filter((one) => one !== scope)
    .map((one) => `${one} at BLOCK`);
}

function propagationOf(workers: readonly WorkerEvidence[]): number | undefined {
  if (workers.some(({ by }) => by === "none")) return undefined;
  return Math.max(0, ...workers.map(({ afterMs = 0 }) => afterMs));
}

/**
 * The evidence goes on record (KS-32). When it cannot, the report is still the operator's, and a copy waits on this
 * host's disk for the journal: under an id of its own, because a kill that is repeated has other evidence.
 */
async function journalise(
  { journal, spool, clock }: KillSwitchPorts,
  inquiry: Inquiry,
  { actor, origin, commandId }: KillRequest,
  report: KillReport,
): Promise<number | undefined> {
  const entry = { kind: "kill.evidence", actor, origin, commandId, body: report };
  const kept = journal && (await inquiry.ask(() => journal.append(entry)));
  if (kept?.ok) return kept.value;
  const occurredAt = clock.now();
  try {
    spool?.put({ ...entry, commandId: `${commandId}:evidence:${occurredAt}`, occurredAt });
  } catch {
    // A disk that takes nothing: `stores` says so already.
  }
  return undefined;
}
