import { OperatorError } from "../../core/errors.ts";
import type { DecisionStore } from "../../ports/decision-store.ts";
import type { LimitStore } from "../../ports/limit-store.ts";
import { overridableBreach, type SoftOverride } from "../../trading/risk/soft-override.ts";
import type { LimitCommand } from "./limit-ports.ts";

export interface OverrideWish {
  /** The id of a denied order. */
  readonly order: string;
  /** Which of its denials; the one that decided when left out. */
  readonly code?: string;
  readonly reason: string;
  readonly lastsMs: number;
}

/**
 * Lets one denied order pass one soft limit, on record (RC-08): the next order under its id, if it is over the limit by
 * no more than this one was. Throws (exit `notFound`, `conflict`, `refused`) for orders nobody denied, orders that were
 * allowed since, and limits that are hard.
 */
export async function overrideLimit(
  { limits, decisions }: { readonly limits: LimitStore; readonly decisions: DecisionStore },
  { order, code, reason, lastsMs }: OverrideWish,
  command: LimitCommand,
): Promise<SoftOverride & { readonly expires: number }> {
  const { intent, decisions: found } = await decisions.of(order);
  const denied = found[0]?.decision;
  const hint = `ttt risk explain ${order}`;
  if (reason.trim() === "")
    throw new OperatorError("A limit is overridden for a reason.", {
      exit: "usage",
      code: "REASON_MISSING",
      hint: "--reason",
    });
  if (intent !== undefined) {
    throw new OperatorError(`${order} was allowed already.`, { exit: "conflict", code: "ORDER_ALLOWED", hint });
  }
  if (denied === undefined) {
    throw new OperatorError(`No order ${order} was denied.`, {
      exit: "notFound",
      code: "ORDER_UNKNOWN",
      hint: "ttt risk denials",
    });
  }
  const wanted = code ?? denied.code ?? "";
  const verdict = denied.results.find((one) => one.verdict.kind !== "PASS" && one.verdict.code === wanted)?.verdict;
  if (verdict === undefined) {
    throw new OperatorError(`${order} was not denied by ${wanted}.`, {
      exit: "notFound",
      code: "DENIAL_UNKNOWN",
      hint,
    });
  }
  const breach = overridableBreach(verdict);
  if (breach === undefined) {
    throw new OperatorError(`${wanted} comes from a hard limit, which nothing overrides.`, {
      exit: "refused",
      code: "LIMIT_HARD",
      expected: "a soft limit",
      found: wanted,
      hint: "ttt risk limits list",
    });
  }
  const override = { order, code: wanted, breach };
  const { expires } = await limits.override(command, { ...override, reason, lastsMs });
  return { ...override, expires };
}
