import { OperatorError } from "../../core/errors.ts";
import type { DecisionStore, StoredDecision, StoredIntent } from "../../ports/decision-store.ts";
import type { Verdict } from "../../trading/decision.ts";
import { CHECKS, codeTable } from "../../trading/risk/registry.ts";

/** One check of one decision, with its words. */
export interface ExplainedCheck {
  readonly check: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** An operator overrode it for this order. */
  readonly overridden: boolean;
  /** What the check makes sure of. */
  readonly summary: string;
  /** What its code means, when it objected. */
  readonly meaning: string | undefined;
}

export interface ExplainedDecision extends Omit<StoredDecision["decision"], "results"> {
  readonly at: number;
  readonly partition: string;
  /** What the deciding code means. */
  readonly meaning: string | undefined;
  readonly checks: readonly ExplainedCheck[];
}

export interface ExplainedOrder {
  readonly order: string;
  /** Undefined when it was never allowed. */
  readonly intent: StoredIntent | undefined;
  /** Newest first. A denied order leaves its id to the next one, so there may be several. */
  readonly decisions: readonly ExplainedDecision[];
}

/** Why an order was sent, or was not (RC-05). Throws (exit `notFound`) when nobody ever decided on one of this id. */
export async function explainOrder(decisions: DecisionStore, order: string): Promise<ExplainedOrder> {
  const found = await decisions.of(order);
  if (found.decisions.length === 0) {
    throw new OperatorError(`No decision on an order ${order} is on record.`, {
      exit: "notFound",
      code: "ORDER_UNKNOWN",
      found: order,
      hint: "ttt risk denials",
    });
  }
  return { order, intent: found.intent, decisions: found.decisions.map(explained) };
}

/** The newest denials, newest first. */
export function listDenials(
  decisions: DecisionStore,
  filter: { readonly code?: string; readonly limit: number },
): Promise<readonly StoredDecision[]> {
  return decisions.denials(filter);
}

function explained({ at, partition, decision }: StoredDecision): ExplainedDecision {
  const { results, ...record } = decision;
  const checks = results.map(({ check, verdict }, index): ExplainedCheck => {
    // Several checks may share an id; results stand in the registry's order, as long as the build is the same.
    const same = CHECKS.filter(({ id }) => id === check);
    const known = CHECKS[index]?.id === check ? CHECKS[index] : same[0];
    const code = verdict.kind === "PASS" ? undefined : verdict.code;
    return {
      check,
      name: known?.name ?? "",
      verdict,
      overridden: code !== undefined && record.overrides.includes(code),
      summary: known?.summary ?? "",
      meaning: code === undefined ? undefined : meaningOf(code),
    };
  });
  return { ...record, at, partition, meaning: record.code === undefined ? undefined : meaningOf(record.code), checks };
}

const MEANINGS = new Map(codeTable().map(({ code, meaning }) => [code, meaning]));
const meaningOf = (code: string) => MEANINGS.get(code);
