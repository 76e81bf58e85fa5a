import { OperatorError } from "../../core/errors.ts";
import type { LimitRequest } from "../../ports/limit-store.ts";
import { completeLimits } from "../../trading/risk/complete-limits.ts";
import { changeLimit, type LimitChange } from "../../trading/risk/limit-change.ts";
import type { LimitChangePorts, LimitCommand } from "./limit-ports.ts";
import { refusedLimit } from "./refused-limit.ts";
import type { LimitReport } from "./set-limit.ts";

/** A request that nobody approved for so long was made for another day. */
export const REQUEST_LIFE_MS = 24 * 3_600_000;

/**
 * Approves what somebody else asked for (RC-07): it becomes a version and begins the next epoch, from which on it
 * counts. Judged against the limits of now, not of when it was asked for. Throws (exit `notFound`, `conflict`,
 * `refused`) and changes nothing when it cannot be approved, or not by this person.
 */
export async function approveLimit(ports: LimitChangePorts, id: number, command: LimitCommand): Promise<LimitReport> {
  const { limits, defaults, onePerson } = ports;
  let approved: LimitChange | undefined;
  const done = await limits.change(command, id, ({ set, epoch, wall, request }) => {
    const waiting = stillWaiting(id, request, wall);
    const change: LimitChange = { ...waiting.change, approvedBy: command.actor };
    approved = change;
    const changed = changeLimit(completeLimits(set, defaults), change, { epoch, wall, onePerson });
    if (!changed.ok) throw refusedLimit(changed.refusal, change);
    const raises = (changed.value.rows.at(-1)?.fromEpoch ?? 0) > epoch;
    const entry = { kind: raises ? "risk-limit.raised" : "risk-limit.lowered", body: { ...change, request: id } };
    return { kind: "write", set: changed.value, change, countsEpoch: raises, entry };
  });
  return { outcome: "in-force", change: approved!, ...done };
}

function stillWaiting(id: number, request: LimitRequest | undefined, wall: number): LimitRequest {
  const hint = "ttt risk limits list";
  if (request === undefined) {
    throw new OperatorError(`There is no request ${id}.`, { exit: "notFound", code: "LIMIT_REQUEST_UNKNOWN", hint });
  }
  if (request.version !== undefined) {
    throw new OperatorError(`Request ${id} was approved before: it is version ${request.version}.`, {
      exit: "conflict",
      code: "LIMIT_REQUEST_DONE",
      found: `version ${request.version}`,
      hint,
    });
  }
  if (wall - request.requestedAt > REQUEST_LIFE_MS) {
    throw new OperatorError(`Request ${id} is more than a day old.`, {
      exit: "refused",
      code: "LIMIT_REQUEST_LAPSED",
      expected: "a request of the last 24 hours",
      hint: "Ask for it anew: ttt risk limits set",
    });
  }
  return request;
}
