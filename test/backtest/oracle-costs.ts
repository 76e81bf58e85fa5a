import type { CommissionTerms } from "../../src/backtest/costs/commission.ts";
import type { FinancingTerms } from "../../src/backtest/costs/financing.ts";
import type { SlippageTerms } from "../../src/backtest/costs/slippage.ts";

export function commissionFee(
  terms: number | CommissionTerms | undefined,
  units: number,
  value: number,
  maker: boolean,
  tradedBefore: number,
): number {
  if (terms === undefined) return 0;
  if (typeof terms === "number") return value * terms;
  let taker = terms.rate ?? 0;
  let making = terms.makerRate ?? taker;
  for (const tier of terms.tiers ?? []) {
    if (tradedBefore < tier.from) continue;
    taker = tier.rate;
    making = tier.makerRate ?? tier.rate;
  }
  const fee = (terms.fixed ?? 0) + units * (terms.perUnit ?? 0) + value * (maker ? making : taker);
  if (terms.minimum !== undefined && fee < terms.minimum) return terms.minimum;
  if (terms.maximum !== undefined && fee > terms.maximum) return terms.maximum;
  return fee;
}

/** `units` signed: bought above, sold below the quoted price. */
export function slippedPrice(
  terms: number | SlippageTerms | undefined,
  units: number,
  price: number,
  volume: number,
): number {
  const side = units > 0 ? 1 : -1;
  if (terms === undefined) return price;
  if (typeof terms === "number") return price * (1 + side * terms);
  if (terms.kind === "fixed") return price + side * terms.amount;
  if (terms.kind === "relative") return price * (1 + side * terms.fraction);
  const share = volume === 0 ? 1e300 : Math.abs(units) / volume;
  const counted = share > (terms.limit ?? 1) ? (terms.limit ?? 1) : share;
  return price * (1 + side * terms.impact * counted ** 2);
}

export function financingDue(terms: FinancingTerms | undefined, value: number, from: number, to: number): number {
  if (terms === undefined) return 0;
  const years = (to - from) / (365 * 24 * 3600 * 1000);
  const borrowed = value < 0 ? Math.abs(value) * (terms.borrowRate ?? 0) * years : 0;
  if (terms.funding === undefined) return borrowed;
  let payments = 0;
  for (
    let at = Math.ceil((from + 1) / terms.funding.everyMs) * terms.funding.everyMs;
    at <= to;
    at += terms.funding.everyMs
  )
    payments += 1;
  return borrowed + payments * value * terms.funding.rate;
}
