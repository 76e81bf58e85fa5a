import { type InstrumentId, type Lots, lots, type Micros, micros, type Ticks, ticks, worthOf } from "../instrument.ts";
import { type OrderTerms, type Side, signOf } from "../order.ts";
import type { Holding, OpenOrder, RiskContext } from "./context.ts";

/** Open quantity on one side; of a group only the largest counts, because only one of it fills. */
export function openOn(open: readonly OpenOrder[], instrument: InstrumentId, side: Side): Lots {
  let total = 0;
  const groups = new Map<string, number>();
  for (const order of open) {
    if (order.instrument !== instrument || order.side !== side) continue;
    if (order.group === undefined) total += order.lots;
    else groups.set(order.group, Math.max(order.lots, groups.get(order.group) ?? 0));
  }
  for (const largest of groups.values()) total += largest;
  return lots(total);
}

/** The furthest that a position can get to either side when everything open on that side fills. */
export function worstCase(
  position: number,
  buys: number,
  sells: number,
): { readonly long: number; readonly short: number } {
  return { long: position + buys, short: position - sells };
}

/** How far an order without a limit is taken to slip when its cost is reserved. Not a limit: raising limits must only allow more. */
export const UNPRICED_SLIP = 0.05;
/** Reserved on top of the value of a buy, for the venue's fee. */
export const FEE_RATIO = 0.002;

/**
 * The worst price at which the order may fill: its limit, or its stop or the reference and a slip. Undefined when there
 * is neither.
 */
export function worstPrice(terms: OrderTerms, reference: Ticks | undefined): Ticks | undefined {
  if (terms.limit !== undefined) return terms.limit;
  const base = terms.stop ?? reference;
  if (base === undefined) return undefined;
  return ticks(
    terms.side === "buy" ? Math.ceil(base * (1 + UNPRICED_SLIP)) : Math.max(1, Math.floor(base * (1 - UNPRICED_SLIP))),
  );
}

/** The price at which risk of the order is valued: never below the reference, so that a low sell limit hides nothing. */
export function riskPrice(context: RiskContext): Ticks | undefined {
  const reference = context.references[0]?.price;
  const worst = worstPrice(context.order.terms, reference);
  if (worst === undefined) return undefined;
  return ticks(Math.max(worst, reference ?? worst));
}

/** Value of the order in the account's currency; undefined when price or rate is missing. */
export function notionalOf(context: RiskContext): Micros | undefined {
  const price = riskPrice(context);
  if (context.instrument === undefined || price === undefined || context.conversion === undefined) return undefined;
  return micros(Math.ceil(worthOf(context.instrument, price * context.order.terms.quantity) * context.conversion.rate));
}

export interface Exposure {
  readonly gross: number;
  readonly net: number;
}

/** Worst-case exposure of the whole account with the order in it, in millionths; undefined when a position or mark is missing. */
export function accountExposure(context: RiskContext): Exposure | undefined {
  const rate = context.conversion?.rate;
  if (context.account === undefined || rate === undefined) return undefined;
  let gross = 0;
  let net = 0;
  for (const holding of context.holdings) {
    const one = holdingExposure(context, holding);
    if (one === undefined) return undefined;
    gross += one.gross * rate;
    net += one.net * rate;
  }
  for (const [, other] of context.account.others) gross += other.gross;
  return { gross, net };
}

/** Worst-case exposure of one holding, with the order in it when it is the order's instrument. */
export function holdingExposure(context: RiskContext, holding: Holding): Exposure | undefined {
  const { instrument, position } = holding;
  const { terms } = context.order;
  const isOrders = instrument.id === terms.instrument;
  const mark = isOrders ? (riskPrice(context) ?? holding.mark) : holding.mark;
  if (position === undefined) return undefined;
  const extra = (side: Side) => (isOrders && terms.side === side ? terms.quantity : 0);
  const buys = openOn(context.open, instrument.id, "buy") + extra("buy");
  const sells = openOn(context.open, instrument.id, "sell") + extra("sell");
  if (position === 0 && buys === 0 && sells === 0) return { gross: 0, net: 0 };
  if (mark === undefined) return undefined;
  const { long, short } = worstCase(position, buys, sells);
  const furthest = Math.abs(long) >= Math.abs(short) ? long : short;
  return { gross: worthOf(instrument, Math.abs(furthest) * mark), net: worthOf(instrument, furthest * mark) };
}

/**
 * Whether the order can only make the position smaller, whatever fills first (KS-17): it goes against the position, and
 * with all that already rests on its side it does not exceed it. An unknown position is not reduced by anything.
 */
export function onlyReduces(position: Lots | undefined, open: readonly OpenOrder[], terms: OrderTerms): boolean {
  if (position === undefined || position === 0 || signOf(terms.side) === Math.sign(position)) return false;
  const inGroup = terms.group === undefined ? undefined : largestOfGroup(open, terms);
  const resting = openOn(open, terms.instrument, terms.side) - (inGroup ?? 0);
  return resting + Math.max(terms.quantity, inGroup ?? 0) <= Math.abs(position);
}

function largestOfGroup(open: readonly OpenOrder[], terms: OrderTerms): number {
  return open
    .filter(
      (order) => order.group === terms.group && order.instrument === terms.instrument && order.side === terms.side,
    )
    .reduce((largest, order) => Math.max(largest, order.lots), 0);
}

/** What this partition holds of the order's instrument. */
export function positionOf(context: RiskContext): Lots | undefined {
  return context.holdings.find((holding) => holding.instrument.id === context.order.terms.instrument)?.position;
}
