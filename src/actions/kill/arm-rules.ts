import { OperatorError } from "../../core/errors.ts";
import { isAtLeast, type Role } from "../../ops/role.ts";
import type { ArmAsk } from "../../ports/level-record.ts";
import type { Scope } from "../../trading/scope.ts";

/** Who may arm, as this installation has it (KS-23). */
export interface ArmRules {
  /** Whether a wide scope needs two people: always with real money, on request with paper money. */
  readonly twoPersons: boolean;
}

/** Whoever asked for an arm so long ago looked at another day. */
export const ARM_REQUEST_LIFE_MS = 3_600_000;

/** Scopes that hold more than one strategy: one person alone does not set all of that free. */
const WIDE = /^(global$|venue:|account:)/;

export function needsSecondPerson(scope: Scope, { twoPersons }: ArmRules): boolean {
  return twoPersons && WIDE.test(scope);
}

/** Any operator may kill; arming is for those with the role. Throws (exit `unauthorized`) for anyone else. */
export function refuseWithoutRole(actor: string, role: Role): void {
  if (isAtLeast(role, "risk")) return;
  throw new OperatorError("Arming needs the role risk.", {
    exit: "unauthorized",
    code: "ARM_NOT_RISK",
    expected: "somebody with the role risk",
    found: `${actor}, ${role}`,
    hint: "ttt config shows trading.riskOperators",
  });
}

/** Throws (exit `notFound`, `conflict`, `refused`) when this person cannot approve this request, or not any more. */
export function refuseApproval(
  ask: ArmAsk | undefined,
  id: number,
  now: { readonly actor: string; readonly wall: number; readonly since: number; readonly rules: ArmRules },
): asserts ask is ArmAsk {
  const hint = "ttt kill status";
  if (ask === undefined) {
    throw new OperatorError(`There is no arm request ${id}.`, { exit: "notFound", code: "ARM_REQUEST_UNKNOWN", hint });
  }
  if (ask.armedEpoch !== undefined) {
    const found = `epoch ${ask.armedEpoch}`;
    const message = `Arm request ${id} was approved before.`;
    throw new OperatorError(message, { exit: "conflict", code: "ARM_REQUEST_DONE", found, hint });
  }
  const again = `Ask anew: ttt arm --scope ${ask.scope} --reason '…'`;
  if (now.wall - ask.requestedAt > ARM_REQUEST_LIFE_MS) {
    throw refused(`Arm request ${id} is more than an hour old.`, "ARM_REQUEST_LAPSED", "a newer one", again);
  }
  if (now.since > ask.since) {
    const message = `${ask.scope} was killed again after arm request ${id}.`;
    throw refused(message, "ARM_REQUEST_OVERTAKEN", `the level of epoch ${ask.since}`, again, `epoch ${now.since}`);
  }
  if (ask.requestedBy === now.actor && needsSecondPerson(ask.scope, now.rules)) {
    const next = `Somebody else: ttt arm --approve ${id}`;
    throw refused("A second person must approve an arm.", "ARM_SAME_PERSON", "somebody else", next, now.actor);
  }
}

function refused(message: string, code: string, expected: string, hint: string, found?: string): OperatorError {
  return new OperatorError(message, { exit: "refused", code, expected, hint, ...(found !== undefined && { found }) });
}
