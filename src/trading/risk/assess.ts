import type { CheckResult, DecisionRecord, Verdict } from "../decision.ts";
import type { ClientOrderId } from "../order.ts";
import type { RiskCheck } from "./check.ts";
import { PASS } from "./check.ts";
import type { RiskContext } from "./context.ts";
import { onlyReduces, positionOf } from "./exposure.ts";
import { CHECKS } from "./registry.ts";
import { isWithinBreach } from "./soft-override.ts";

/** What all checks say of one order. */
export interface Assessment {
  readonly allowed: boolean;
  /** Whether it was proven to only reduce the position. */
  readonly reducing: boolean;
  /** Code of the objection with the lowest check id: the order of evaluation never shows. */
  readonly code: string | undefined;
  readonly objection: Verdict;
  readonly results: readonly CheckResult[];
  /** Soft limits that were passed over by an override on record. */
  readonly overridden: readonly string[];
}

/**
 * Runs every check and joins what they say. An order is allowed when none objects: DENY always does, UNKNOWN does
 * unless the order provably only reduces and the check spares such orders. Pure; never throws: a check that throws is
 * an UNKNOWN.
 */
export function assess(context: RiskContext, checks: readonly RiskCheck[] = CHECKS): Assessment {
  const reducing = onlyReduces(positionOf(context), context.open, context.order.terms);
  const overridden: string[] = [];
  const results: CheckResult[] = [];
  let first: { readonly check: string; readonly verdict: Verdict } | undefined;
  for (const check of checks) {
    const verdict = reducing && check.whenReducing === "skip" ? PASS : evaluate(check, context);
    results.push({ check: check.id, verdict });
    if (verdict.kind === "PASS" || (verdict.kind === "UNKNOWN" && reducing && check.whenReducing !== "apply")) continue;
    if (isOverridden(context.order, verdict)) {
      overridden.push(verdict.code);
      continue;
    }
    if (first === undefined || check.id < first.check) first = { check: check.id, verdict };
  }
  const objection = first?.verdict ?? PASS;
  const code = objection.kind === "PASS" ? undefined : objection.code;
  return { allowed: first === undefined, reducing, code, objection, results, overridden };
}

/**
 * A change of an order counts as its withdrawal and a new order: what it adds is judged with the original out of the
 * book, so that both ways to the same end get the same answer.
 */
export function assessChange(
  context: RiskContext,
  original: ClientOrderId,
  checks: readonly RiskCheck[] = CHECKS,
): Assessment {
  return assess({ ...context, open: context.open.filter((order) => order.id !== original) }, checks);
}

/** The record of an assessment, to be stored with the intent (RC-05). */
export function decisionRecord(
  order: ClientOrderId,
  assessment: Assessment,
  circumstances: Pick<DecisionRecord, "limitsVersion" | "epoch" | "token" | "buildHash">,
): DecisionRecord {
  const { allowed, code, results, overridden } = assessment;
  return { order, allowed, ...(code === undefined ? {} : { code }), results, overrides: overridden, ...circumstances };
}

function isOverridden(
  { overrides, breaches }: RiskContext["order"],
  verdict: Verdict,
): verdict is Extract<Verdict, { kind: "DENY" }> {
  if (verdict.kind !== "DENY" || !verdict.soft || !overrides.includes(verdict.code)) return false;
  return isWithinBreach(verdict.values, breaches?.[verdict.code]);
}

function evaluate(check: RiskCheck, context: RiskContext): Verdict {
  try {
    return check.evaluate(context);
  } catch (error) {
    return { kind: "UNKNOWN", code: "CHECK_FAILED", values: { check: check.id, error: String(error) } };
  }
}
