import { OperatorError } from "../../core/errors.ts";
import type { LimitChange, LimitRefusal } from "../../trading/risk/limit-change.ts";
import { expectedLimitValue } from "../../trading/risk/limit-value.ts";

/** What a refused change tells the person who asked for it. */
export function refusedLimit(refusal: LimitRefusal, change: LimitChange): OperatorError {
  switch (refusal.code) {
    case "REASON_MISSING":
      return new OperatorError("A limit changes for a reason.", {
        exit: "usage",
        code: refusal.code,
        hint: "--reason",
      });
    case "VALUE_INVALID":
      return new OperatorError(`${refusal.value} cannot be a limit.`, {
        exit: "usage",
        code: refusal.code,
        expected: expectedLimitValue(change.name),
        found: String(refusal.value),
      });
    case "EXPIRY_IN_PAST":
      return new OperatorError("The change would have ended already.", {
        exit: "refused",
        code: refusal.code,
        expected: "an end that lies ahead",
        hint: "Ask for it anew: ttt risk limits set",
      });
    case "APPROVAL_MISSING":
      return new OperatorError("This allows more than now, and needs a second person.", {
        exit: "refused",
        code: refusal.code,
        hint: "ttt risk limits approve",
      });
    case "APPROVED_BY_REQUESTER":
      return new OperatorError(`${refusal.who} asked for it, and so cannot approve it.`, {
        exit: "refused",
        code: refusal.code,
        expected: `anyone but ${refusal.who}`,
        found: refusal.who,
      });
  }
}
