import { sleep } from "../../core/clock.ts";
import { OperatorError } from "../../core/errors.ts";
import type { Role } from "../../ops/role.ts";
import type { LevelChanged, LevelRaise } from "../../ports/kill-store.ts";
import type { ArmAsk } from "../../ports/level-record.ts";
import type { Scope } from "../../trading/scope.ts";
import { objectionToArm } from "./arm-readiness.ts";
import { needsSecondPerson, refuseApproval, refuseWithoutRole } from "./arm-rules.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import { type KillStatus, readKillStatus } from "./read-kill-status.ts";
import { recordUnrecorded } from "./record-unrecorded.ts";

/** Between two looks while something that may pass speaks against the arm. */
const LOOK_MS = 100;
/** How long a reconciliation or a lookup may still take: the workers do both by themselves. */
export const ARM_PATIENCE_MS = 5_000;

/** How long those who may send have to confirm what was armed, before it is shown how things stand. */
const ACKS_MS = 2_000;

export interface ArmCommand {
  readonly commandId: string;
  readonly actor: string;
  readonly origin: string;
  readonly role: Role;
  /** How long it may wait for what passes by itself. */
  readonly patienceMs?: number;
  /** How long the workers have to confirm it before this returns; it is armed either way. */
  readonly acksMs?: number;
}

export interface ArmRequest extends ArmCommand {
  readonly scope: Scope;
  readonly reason: string;
}

export type ArmReport =
  | {
      readonly outcome: "armed";
      readonly scope: Scope;
      readonly level: "RUN";
      readonly epoch: number;
      readonly changed: boolean;
      /** How trading stands after it: other scopes may still hold. */
      readonly status: KillStatus;
    }
  /** A second person must approve it. */
  | {
      readonly outcome: "waiting";
      readonly scope: Scope;
      readonly request: number;
      readonly epoch: number;
      readonly status: KillStatus;
    };

/**
 * Lowers one scope to RUN: the only way a latched level comes down (KS-23). Refused while anything speaks against it;
 * wider scopes stay as they are. The authority counts a new epoch, then the copies follow it (KS-06). Where a second
 * person is needed it becomes a request.
 */
export async function armTrading(ports: KillSwitchPorts, request: ArmRequest): Promise<ArmReport> {
  const { scope, actor, role } = request;
  refuseWithoutRole(actor, role);
  const { status, epoch } = await readyToArm(ports, scope, request);
  if (needsSecondPerson(scope, ports.armRules)) {
    const ask = await present(ports.record).ask(request, sinceOf(status, scope));
    return { outcome: "waiting", scope, request: ask.id, epoch, status: await readKillStatus(ports) };
  }
  const changed = await present(ports.authority).arm({ ...request, expectedEpoch: epoch });
  return armed(ports, request, changed, epoch);
}

/** Approves what somebody else asked for: everything is looked at anew, as it stands now. */
export async function approveArm(ports: KillSwitchPorts, id: number, command: ArmCommand): Promise<ArmReport> {
  const { actor, role, commandId, origin } = command;
  refuseWithoutRole(actor, role);
  const record = present(ports.record);
  const known = await record.asked(id);
  const before = await readKillStatus(ports);
  const { wall } = await record.waiting();
  const now = { actor, wall, rules: ports.armRules, since: known === undefined ? 0 : sinceOf(before, known.scope) };
  refuseApproval(known, id, now);
  const ask: ArmAsk = known;
  const { epoch } = await readyToArm(ports, ask.scope, command);
  const reason = `${ask.reason} (asked for by ${ask.requestedBy})`;
  const arm = { scope: ask.scope, expectedEpoch: epoch, reason, actor, commandId, origin };
  return armed(ports, { ...command, scope: ask.scope }, await record.approve(arm, ask), epoch);
}

/** Reads how things stand until nothing speaks against arming the scope; throws what still does when time is up. */
async function readyToArm(
  ports: KillSwitchPorts,
  scope: Scope,
  command: ArmCommand,
): Promise<{ readonly status: KillStatus; readonly epoch: number }> {
  const { clock } = ports;
  const deadline = clock.monotonic() + (command.patienceMs ?? ARM_PATIENCE_MS);
  const first = await readKillStatus(ports);
  if (first.epoch === undefined) throw authorityAway();
  // Kills that only a copy knows come on record first: whoever arms must know what the arm lifts.
  const news = await recordUnrecorded(present(ports.authority), ports.copies, first.epoch, command.actor);
  const unknown = news.filter((one) => one.scope === scope);
  if (unknown.length > 0) throw overtakenBy(unknown);
  for (;;) {
    const status = await readKillStatus(ports);
    if (status.epoch === undefined) throw authorityAway();
    const objection = await objectionToArm(ports, status, scope);
    if (objection === undefined) return { status, epoch: status.epoch };
    if (clock.monotonic() >= deadline) throw objection;
    await sleep(clock, LOOK_MS);
  }
}

async function armed(
  ports: KillSwitchPorts,
  { scope, acksMs = ACKS_MS }: Pick<ArmRequest, "scope" | "acksMs">,
  changed: LevelChanged | undefined,
  expected: number,
): Promise<ArmReport> {
  if (changed === undefined) {
    throw new OperatorError("A level changed while this was being armed.", {
      exit: "refused",
      code: "ARM_OVERTAKEN",
      expected: `epoch ${expected}`,
      found: "a newer one",
      hint: "ttt kill status",
      retryable: true,
    });
  }
  const reading = await present(ports.authority).read();
  if (reading.status === "read") {
    for (const copy of ports.copies) await copy.follow(reading.state, reading.armed ?? new Map());
  }
  const status = await confirmedStatus(ports, changed.epoch, acksMs);
  return { outcome: "armed", scope, level: "RUN", epoch: changed.epoch, changed: changed.changed, status };
}

/** How things stand once everybody who may send has confirmed the epoch, or time is up. */
async function confirmedStatus(ports: KillSwitchPorts, epoch: number, acksMs: number): Promise<KillStatus> {
  const { clock } = ports;
  const deadline = clock.monotonic() + acksMs;
  for (;;) {
    const status = await readKillStatus(ports);
    const behind = status.workers.some((one) => one.live && one.epoch < epoch);
    if (!behind || clock.monotonic() >= deadline) return status;
    await sleep(clock, LOOK_MS);
  }
}

const sinceOf = ({ scopes }: KillStatus, scope: Scope) => scopes.find((one) => one.scope === scope)?.since ?? 0;

function present<T>(part: T | undefined): T {
  if (part === undefined) throw authorityAway();
  return part;
}

function overtakenBy(kills: readonly LevelRaise[]): OperatorError {
  return new OperatorError("A kill of this scope came on record only now. Nothing was armed.", {
    exit: "refused",
    code: "ARM_OVERTAKEN",
    expected: "kills that were on record before",
    found: kills.map(({ level, actor, reason }) => `${level} by ${actor}: ${reason}`).join("; "),
    hint: "ttt kill status, and the same arm again if that may be lifted too",
    retryable: true,
  });
}

function authorityAway(): OperatorError {
  return new OperatorError("The authority cannot be read, and nothing else can arm.", {
    exit: "refused",
    code: "ARM_AUTHORITY_AWAY",
    expected: "a readable PostgreSQL",
    found: "none",
    hint: "ttt kill status",
    retryable: true,
  });
}
