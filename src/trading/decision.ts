import type { ClientOrderId } from "./order.ts";

/** What one check said about one order. UNKNOWN means that an input was missing or stale: it denies what adds risk. */
export type Verdict =
  | { readonly kind: "PASS"; readonly values?: Values }
  | { readonly kind: "DENY"; readonly code: string; readonly values: Values; readonly soft: boolean }
  | { readonly kind: "UNKNOWN"; readonly code: string; readonly values: Values };

/** Observed values and limits behind a verdict: `{ notional: 12000, limit: 10000 }`. */
export type Values = Readonly<Record<string, string | number>>;

export interface CheckResult {
  /** Requirement id of the check: `RC-14`. */
  readonly check: string;
  readonly verdict: Verdict;
}

/** Why an order was allowed or denied, complete: stored in the same commit as its intent (RC-05). */
export interface DecisionRecord {
  readonly order: ClientOrderId;
  readonly allowed: boolean;
  /** The code of the check that decided, when denied: the first by check id, whatever the order of evaluation. */
  readonly code?: string;
  readonly results: readonly CheckResult[];
  readonly limitsVersion: number;
  readonly epoch: number;
  readonly token: number;
  readonly buildHash: string;
  /** Soft limits that an operator overrode for this order (RC-08). */
  readonly overrides: readonly string[];
}

/** A denial as one line: `NOTIONAL_ABOVE_MAXIMUM: notional=12000 limit=10000`. */
export function describeVerdict(verdict: Verdict): string {
  if (verdict.kind === "PASS") return "PASS";
  const values = Object.entries(verdict.values).map(([key, value]) => `${key}=${value}`);
  return [`${verdict.code}:`, ...values].join(" ");
}
