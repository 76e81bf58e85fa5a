import { completeLimits } from "../../trading/risk/complete-limits.ts";
import { changeLimit, type LimitChange } from "../../trading/risk/limit-change.ts";
import type { LimitChangePorts, LimitCommand } from "./limit-ports.ts";
import { refusedLimit } from "./refused-limit.ts";

/** A limit as somebody wants it. */
export interface LimitWish extends Pick<LimitChange, "name" | "scope" | "value" | "kind" | "reason"> {
  /** How long it is to hold before what held before holds again; for good without it. */
  readonly lastsMs?: number;
}

/** What became of a wish, or of an approval. */
export interface LimitReport {
  /** `waiting`: it allows more than now, and a second person must approve it first. */
  readonly outcome: "in-force" | "waiting";
  readonly change: LimitChange;
  readonly version: number | undefined;
  readonly request: number | undefined;
  /** It counts from this epoch on. */
  readonly epoch: number;
}

/**
 * Sets a limit (RC-07). What allows less is in force when this returns; what allows more becomes a request. Both are
 * on record in the same transaction. Throws (exit `usage`, `refused`) when it cannot be asked for like this.
 */
export async function setLimit(ports: LimitChangePorts, wish: LimitWish, command: LimitCommand): Promise<LimitReport> {
  const { lastsMs, ...rest } = wish;
  let asked: LimitChange | undefined;
  const done = await ports.limits.change(command, undefined, ({ set, epoch, wall }) => {
    const change: LimitChange = {
      ...rest,
      requestedBy: command.actor,
      approvedBy: undefined,
      ...(lastsMs === undefined ? {} : { expires: Math.round(wall + lastsMs) }),
    };
    asked = change;
    const changed = changeLimit(completeLimits(set, ports.defaults), change, { epoch, wall });
    if (changed.ok) {
      const entry = { kind: "risk-limit.lowered", body: change };
      return { kind: "write", set: changed.value, change, countsEpoch: false, entry };
    }
    if (changed.refusal.code !== "APPROVAL_MISSING") throw refusedLimit(changed.refusal, change);
    return { kind: "ask", change, entry: { kind: "risk-limit.requested", body: change } };
  });
  return { outcome: done.version === undefined ? "waiting" : "in-force", change: asked!, ...done };
}
