import { ACCOUNT_CODES, type AccountCode } from "./account-admission.ts";
import { COMMON_CODES, type RiskCheck } from "./check.ts";
import { cash } from "./checks/cash.ts";
import { childQuantity } from "./checks/child-quantity.ts";
import { clockSkew } from "./checks/clock-skew.ts";
import { collar } from "./checks/collar.ts";
import { concentration } from "./checks/concentration.ts";
import { conversionRate } from "./checks/conversion-rate.ts";
import { coolDown } from "./checks/cool-down.ts";
import { departures } from "./checks/departures.ts";
import { deployedStrategy } from "./checks/deployed-strategy.ts";
import { drift } from "./checks/drift.ts";
import { duplicates } from "./checks/duplicates.ts";
import { exposure } from "./checks/exposure.ts";
import { loss } from "./checks/loss.ts";
import { margin } from "./checks/margin.ts";
import { marketOrders } from "./checks/market-orders.ts";
import { marketStatus } from "./checks/market-status.ts";
import { messageRate } from "./checks/message-rate.ts";
import { notional } from "./checks/notional.ts";
import { openOrders } from "./checks/open-orders.ts";
import { orderId } from "./checks/order-id.ts";
import { ordersPerDay } from "./checks/orders-per-day.ts";
import { positionLimit } from "./checks/position-limit.ts";
import { priceSteps } from "./checks/price-steps.ts";
import { quantitySteps } from "./checks/quantity-steps.ts";
import { ratios } from "./checks/ratios.ts";
import { readiness } from "./checks/readiness.ts";
import { reduceOnly } from "./checks/reduce-only.ts";
import { reference } from "./checks/reference.ts";
import { rejectStorm } from "./checks/reject-storm.ts";
import { release } from "./checks/release.ts";
import { repeatedExecution } from "./checks/repeated-execution.ts";
import { restricted } from "./checks/restricted.ts";
import { selfCross } from "./checks/self-cross.ts";
import { shortSale } from "./checks/short-sale.ts";
import { timeInForce } from "./checks/time-in-force.ts";
import { tradingLevel } from "./checks/trading-level.ts";

/** Every pre-trade check, by id. Live sessions, simulations and backtests use this same list (RC-54). */
export const CHECKS = [
  tradingLevel,
  marketStatus,
  restricted,
  priceSteps,
  quantitySteps,
  notional,
  collar,
  reference,
  marketOrders,
  timeInForce,
  reduceOnly,
  orderId,
  duplicates,
  selfCross,
  cash,
  margin,
  positionLimit,
  exposure,
  concentration,
  shortSale,
  openOrders,
  conversionRate,
  deployedStrategy,
  messageRate,
  ordersPerDay,
  repeatedExecution,
  ratios,
  childQuantity,
  departures,
  rejectStorm,
  loss,
  coolDown,
  readiness,
  release,
  clockSkew,
  drift,
] as const;

/** Every code that a decision can carry. */
export type RiskCode = keyof typeof COMMON_CODES | AccountCode | CodeOf<(typeof CHECKS)[number]>;

type CodeOf<C> = C extends RiskCheck<infer Code> ? Code : never;

/** One row of the code table: what can be answered, by which check, and whether an exit is held up by it. */
export interface CodeRow {
  readonly code: string;
  readonly check: string;
  readonly name: string;
  readonly meaning: string;
  readonly whenReducing: RiskCheck["whenReducing"];
}

/** The table of docs, metrics and runbook anchors, generated so that it cannot differ from the checks (RC-06). */
export function codeTable(checks: readonly RiskCheck[] = CHECKS): readonly CodeRow[] {
  const common = Object.entries(COMMON_CODES).map(
    ([code, meaning]) => ({ code, check: "RC-02", name: "all checks", meaning, whenReducing: "known" }) as const,
  );
  const shared = Object.entries(ACCOUNT_CODES).map(
    ([code, meaning]) => ({ code, check: "RC-04", name: "account", meaning, whenReducing: "skip" }) as const,
  );
  const own = checks.flatMap((check) =>
    Object.entries(check.codes).map(([code, meaning]) => ({
      code,
      check: check.id,
      name: check.name,
      meaning: String(meaning),
      whenReducing: check.whenReducing,
    })),
  );
  return [...common, ...shared, ...own];
}
