import { OperatorError } from "../../core/errors.ts";
import type { Scope } from "../../trading/scope.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import { type KillStatus, readKillStatus } from "./read-kill-status.ts";

export interface ArmRequest {
  readonly commandId: string;
  readonly scope: Scope;
  readonly reason: string;
  readonly actor: string;
  readonly origin: string;
}

export interface ArmReport {
  readonly scope: Scope;
  readonly level: "RUN";
  readonly epoch: number;
  readonly changed: boolean;
  /** How trading stands after it. */
  readonly status: KillStatus;
}

/**
 * Lowers one scope to RUN: the only way a latched level comes down (KS-23). Refused while anything speaks against it;
 * wider scopes stay as they are. The authority counts a new epoch, then the copies follow it (KS-06).
 */
export async function armTrading(ports: KillSwitchPorts, request: ArmRequest): Promise<ArmReport> {
  const { authority, copies } = ports;
  const before = await readKillStatus(ports);
  if (authority === undefined || before.epoch === undefined) {
    throw refused(
      "The authority cannot be read, and nothing else can arm.",
      "ARM_AUTHORITY_AWAY",
      "a readable PostgreSQL",
      "none",
    );
  }
  await recordUnrecorded(ports, before.epoch, request);
  const current = await readKillStatus(ports);
  refuseUnready(current);
  const changed = await authority.arm({ ...request, expectedEpoch: current.epoch ?? before.epoch });
  if (changed === undefined) {
    throw refused(
      "A level changed while this was being armed.",
      "ARM_OVERTAKEN",
      `epoch ${current.epoch}`,
      "a newer one",
    );
  }
  const reading = await authority.read();
  if (reading.status === "read") {
    for (const copy of copies) await copy.follow(reading.state, reading.armed ?? new Map());
  }
  const status = await readKillStatus(ports);
  return { scope: request.scope, level: "RUN", epoch: changed.epoch, changed: changed.changed, status };
}

/** Kills that only a copy knows come on record first: an arm must know what it lifts. */
async function recordUnrecorded(
  { authority, copies }: KillSwitchPorts,
  epoch: number,
  { actor }: ArmRequest,
): Promise<void> {
  for (const copy of copies) {
    for (const kill of await copy.unrecorded(epoch)) {
      const raise = { ...kill, actor, origin: copy.name };
      const recorded = await authority!.raise(raise);
      await copy.raise({ ...raise, epoch: recorded.epoch });
    }
  }
}

/** All workers of the same build and configuration, and no order whose fate is unknown. */
function refuseUnready({ workers }: KillStatus): void {
  const live = workers.filter(({ live }) => live);
  const unresolved = live.filter((worker) => worker.unresolved > 0);
  if (unresolved.length > 0) {
    const names = unresolved.map(({ worker, unresolved: count }) => `${worker}: ${count}`).join(", ");
    throw refused("There are orders whose fate is not known.", "ARM_UNRESOLVED", "none", names);
  }
  const releases = new Set(live.map(({ buildHash, configHash }) => `build ${buildHash} configuration ${configHash}`));
  if (releases.size > 1) {
    throw refused("The workers do not run the same release.", "ARM_MIXED_RELEASES", "one", [...releases].join("; "));
  }
}

function refused(message: string, code: string, expected: string, found: string): OperatorError {
  return new OperatorError(message, { exit: "refused", code, expected, found, hint: "ttt kill status" });
}
