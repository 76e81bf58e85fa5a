import type { Values, Verdict } from "../decision.ts";
import type { RiskContext } from "./context.ts";
import { LIMITS, type LimitName } from "./limits.ts";

/**
 * What an order that provably only reduces the position may be spared: `apply` spares nothing; `known` lets a missing
 * input pass, not a broken limit; `skip` leaves the check out, because it bounds risk that a reduction cannot add.
 */
export type WhenReducing = "apply" | "known" | "skip";

/** One pre-trade check. Pure; it looks at nothing but the context. */
export interface RiskCheck<Code extends string = string> {
  /** Requirement id: `RC-14`. */
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly whenReducing: WhenReducing;
  /** Every code it can give, with what it means. */
  readonly codes: Readonly<Record<Code, string>>;
  evaluate(context: RiskContext): Verdict;
}

export const PASS: Verdict = { kind: "PASS" };

/** Codes that every check with a limit can give. */
export const COMMON_CODES = {
  LIMIT_MISSING: "A limit that the check needs was never set.",
  CHECK_FAILED: "The check itself failed, which is not a pass.",
} as const;

export interface Say<Code extends string> {
  /** PASS, with what was looked at. */
  pass(values: Values): Verdict;
  deny(code: Code, values?: Values): Verdict;
  unknown(code: Code | keyof typeof COMMON_CODES, values?: Values): Verdict;
  /** PASS while `observed` is on the allowed side of the limit; otherwise the code. Missing limits are unknown, absent ones pass. */
  within(limit: LimitName, observed: number | undefined, code: Code, missing: Code, extra?: Values): Verdict;
}

interface CheckDefinition<Codes extends Record<string, string>> {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly whenReducing: WhenReducing;
  readonly codes: Codes;
  evaluate(context: RiskContext, say: Say<Extract<keyof Codes, string>>): Verdict;
}

/** Makes a check whose codes are known to the compiler. */
export function defineCheck<const Codes extends Record<string, string>>(
  definition: CheckDefinition<Codes>,
): RiskCheck<Extract<keyof Codes, string>> {
  const { evaluate, ...rest } = definition;
  return { ...rest, evaluate: (context) => evaluate(context, speak(context)) };
}

/** The first verdict that is not PASS; a denial before an unknown. When all pass, PASS with the values of all. */
export function firstObjection(...verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find((verdict) => verdict.kind === "DENY") ??
    verdicts.find((verdict) => verdict.kind === "UNKNOWN") ??
    allPassed(verdicts)
  );
}

function allPassed(verdicts: readonly Verdict[]): Verdict {
  const seen = verdicts.flatMap(({ values }) => (values === undefined ? [] : [values]));
  return seen.length === 0 ? PASS : { kind: "PASS", values: Object.assign({}, ...seen) };
}

function speak<Code extends string>(context: RiskContext): Say<Code> {
  const unknown: Say<Code>["unknown"] = (code, values = {}) => ({ kind: "UNKNOWN", code, values });
  return {
    pass: (values) => ({ kind: "PASS", values }),
    deny: (code, values = {}) => ({ kind: "DENY", code, values, soft: false }),
    unknown,
    within(name, observed, code, missing, extra = {}) {
      const limit = context.limits[name];
      if (limit === undefined) return unknown("LIMIT_MISSING", { limit: name });
      if (limit === null) return PASS;
      if (observed === undefined || Number.isNaN(observed)) return unknown(missing, { limit: name });
      if (allows(name, limit.value, observed)) {
        // A check may hold several values against several limits, and all of them may pass.
        return { kind: "PASS", values: { [`${name}.observed`]: observed, [`${name}.limit`]: limit.value } };
      }
      const values = { ...extra, observed, limit: limit.value, scope: limit.scope };
      // What a hard limit denies as well cannot be overridden, though a stricter soft one denied it first.
      const soft = limit.kind === "soft" && (limit.hard === undefined || allows(name, limit.hard, observed));
      return { kind: "DENY", code, values, soft };
    },
  };
}

function allows(name: LimitName, limit: number, observed: number): boolean {
  return LIMITS[name].side === "ceiling" ? observed <= limit : observed >= limit;
}
