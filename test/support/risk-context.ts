import { clientOrderId } from "../../src/trading/client-order-id.ts";
import {
  accountId,
  type Instrument,
  instrumentId,
  lots,
  micros,
  strategyId,
  ticks,
  venueId,
} from "../../src/trading/instrument.ts";
import { partitionId } from "../../src/trading/lease.ts";
import type { OrderTerms } from "../../src/trading/order.ts";
import { soleOwner } from "../../src/trading/risk/account-view.ts";
import type { OpenOrder, RiskContext } from "../../src/trading/risk/context.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import type { FlowView } from "../../src/trading/risk/flow.ts";
import { type LimitName, type ResolvedLimits, resolveLimits } from "../../src/trading/risk/limits.ts";
import type { Owner } from "../../src/trading/scope.ts";

export const BTC: Instrument = {
  id: instrumentId("BTC-USD"),
  venue: venueId("paper"),
  tickSize: "0.01",
  lotSize: "0.001",
  multiplier: 1,
  currency: "USD",
  minimum: lots(1),
  maximum: lots(1_000_000),
};

export const OWNER: Owner = {
  venue: venueId("paper"),
  account: accountId("main"),
  strategy: strategyId("sma-cross"),
  instrument: BTC.id,
};

export const PARTITION = partitionId("p1");

/** Order number `sequence` of the partition. */
export const orderId = (sequence: number) => clientOrderId(PARTITION, OWNER.strategy, sequence);

/** A limit order over 1 BTC at 100.00, or whatever is said otherwise. */
export function terms(change: Partial<OrderTerms> = {}): OrderTerms {
  const base = {
    instrument: BTC.id,
    side: "buy",
    type: "limit",
    quantity: lots(1_000),
    limit: ticks(10_000),
    timeInForce: "gtc",
    reduceOnly: false,
  } as const;
  const { limit, ...rest } = base;
  const priced = change.type === undefined || change.type === "limit" || change.type === "stop-limit";
  return { ...rest, ...(priced ? { limit } : {}), ...change };
}

export function openOrder(change: Partial<OpenOrder> = {}): OpenOrder {
  const base = { id: orderId(99), instrument: BTC.id, side: "buy", lots: lots(1_000), price: ticks(10_000) } as const;
  return { ...base, resting: ticks(10_000), ...change };
}

/** Every limit as it stands by default, with some set otherwise; `undefined` takes one away. */
export function limits(change: Partial<Record<LimitName, number | null | undefined>> = {}): ResolvedLimits {
  const resolved = { ...resolveLimits(DEFAULT_LIMITS, OWNER, 0, 0) };
  for (const [name, value] of Object.entries(change)) {
    const limit = value == null ? value : ({ value, kind: "hard", scope: "global" } as const);
    Object.assign(resolved, { [name]: limit });
  }
  return resolved;
}

export function flow(change: Partial<FlowView> = {}): FlowView {
  const quiet = {
    sent: [],
    sentToday: 0,
    contents: [],
    fills: 0,
    cancels: 0,
    rejects: 0,
    stopOuts: 0,
    throughRatio: 0,
  };
  return { ...quiet, runsSinceHuman: 0, coolDownUntil: undefined, ...change };
}

/** A world in which the order may leave: every input there, nothing held, nothing open, a level of RUN. */
export function riskContext(change: Partial<RiskContext> = {}): RiskContext {
  return {
    now: { mono: 1_000_000, wall: 1_700_000_000_000 },
    order: { id: orderId(1), owner: OWNER, terms: terms(), origin: "strategy", overrides: [], idUsed: false },
    instrument: BTC,
    market: {
      phase: "open",
      allowedTypes: ["market", "limit", "stop", "stop-limit"],
      allowedTimes: ["gtc", "gtd", "ioc"],
    },
    references: [
      { source: "bars", price: ticks(10_000), seenAt: 999_000 },
      { source: "venue", price: ticks(10_000), seenAt: 999_000 },
    ],
    meanRange: 100,
    holdings: [{ instrument: BTC, position: lots(0), mark: ticks(10_000) }],
    open: [],
    account: soleOwner(micros(1_000_000e6), 0),
    conversion: { rate: 1, seenAt: 1_000_000 },
    limits: limits(),
    permissions: {
      restricted: new Set(),
      registration: {
        instruments: new Set([BTC.id]),
        accounts: new Set([OWNER.account]),
        venues: new Set([OWNER.venue]),
      },
    },
    flow: flow(),
    standing: {
      level: "RUN",
      levelScope: "global",
      epoch: 1,
      permitLeftMs: 1_000,
      leaseLeftMs: 1_000,
      warm: true,
      certificateAgeMs: 1_000,
      unresolved: 0,
      buildHash: "b1",
      approvedBuildHash: "b1",
      clockSkewMs: 5,
      driftLots: 0,
      departed: 0,
      intended: 0,
    },
    ...change,
  };
}

/** The same with another order. */
export function withTerms(change: Partial<OrderTerms>, rest: Partial<RiskContext> = {}): RiskContext {
  const context = riskContext(rest);
  return { ...context, order: { ...context.order, terms: terms(change) } };
}

/** The same with so many lots held. */
export function holding(position: number): Partial<RiskContext> {
  return { holdings: [{ instrument: BTC, position: lots(position), mark: ticks(10_000) }] };
}
