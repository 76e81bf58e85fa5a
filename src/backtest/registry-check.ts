import { clientOrderId } from "../trading/client-order-id.ts";
import {
  accountId,
  type Instrument,
  lots,
  micros,
  roundToLots,
  roundToTicks,
  strategyId,
  venueId,
} from "../trading/instrument.ts";
import { partitionId } from "../trading/lease.ts";
import type { OrderTerms } from "../trading/order.ts";
import { assess } from "../trading/risk/assess.ts";
import { throughReference } from "../trading/risk/collar.ts";
import type { RiskContext } from "../trading/risk/context.ts";
import { contentOf, FlowLog } from "../trading/risk/flow.ts";
import { type LimitSet, resolveLimits } from "../trading/risk/limits.ts";
import { CHECKS } from "../trading/risk/registry.ts";
import type { Owner } from "../trading/scope.ts";
import type { AccountState, ProposedOrder, RiskCheck } from "./risk-check.ts";

/** What an order costs the engine itself decides, by its own margin rules and to the last unit. */
const DECIDED_BY_ENGINE: readonly string[] = ["RC-30", "RC-31"];
const REGISTRY = CHECKS.filter(({ id }) => !DECIDED_BY_ENGINE.includes(id));

const PARTITION = partitionId("backtest");

export interface RegistryCheckOptions {
  readonly strategy: string;
  /** By symbol: the steps in which the live market trades. An order of another symbol is denied. */
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly limits: LimitSet;
}

/**
 * The registry of live trading as a check of a backtest (RC-54, BT-08): the same functions over the same kind of
 * context, and denials under the same codes. Prices and sizes are rounded to the live market's steps first. What a
 * backtest does not have is as it should be live: a level of RUN, a reconciled book, a fresh price, a known account.
 * Keeps the flow of its run, so make a new one for each.
 */
export function registryCheck({ strategy, instruments, limits }: RegistryCheckOptions): RiskCheck {
  const flow = new FlowLog();
  let sequence = 0;
  return (order, account) => {
    const instrument = instruments.get(order.symbol);
    if (instrument === undefined) return "INSTRUMENT_UNKNOWN";
    sequence += 1;
    const owner: Owner = {
      venue: instrument.venue,
      account: accountId("backtest"),
      strategy: strategyId(strategy),
      instrument: instrument.id,
    };
    const terms = termsOf(instrument, order);
    const context = contextOf(instrument, owner, terms, sequence, order, account, limits, flow);
    const { allowed, code } = assess(context, REGISTRY);
    if (!allowed) return code;
    const through = throughReference(terms, roundToTicks(instrument, order.lastPrice, "nearest"));
    flow.decided(order.time, order.time, contentOf(owner.account, terms), through);
    return undefined;
  };
}

function termsOf(instrument: Instrument, order: ProposedOrder): OrderTerms {
  const { side, type, limit, stop, reduceOnly } = order;
  return {
    instrument: instrument.id,
    side,
    type,
    quantity: roundToLots(instrument, order.size, "down"),
    ...(limit === undefined ? {} : { limit: roundToTicks(instrument, limit, "nearest") }),
    ...(stop === undefined ? {} : { stop: roundToTicks(instrument, stop, "nearest") }),
    timeInForce: "gtc",
    reduceOnly,
  };
}

function contextOf(
  instrument: Instrument,
  owner: Owner,
  terms: OrderTerms,
  sequence: number,
  order: ProposedOrder,
  account: AccountState,
  limits: LimitSet,
  flow: FlowLog,
): RiskContext {
  const now = { mono: order.time, wall: order.time };
  const price = roundToTicks(instrument, order.lastPrice, "nearest");
  const position = roundToLots(instrument, account.position, "nearest");
  const equity = micros(Math.floor(account.equity * 1e6));
  const nothing = { position: lots(0), openBuys: lots(0), openSells: lots(0) };
  const elsewhere = Math.max(
    0,
    account.exposure - Math.abs(account.position) * order.lastPrice * instrument.multiplier,
  );
  return {
    now,
    order: {
      id: clientOrderId(PARTITION, owner.strategy, sequence),
      owner,
      terms,
      origin: "strategy",
      overrides: [],
      idUsed: false,
    },
    instrument,
    market: {
      phase: "open",
      allowedTypes: ["market", "limit", "stop", "stop-limit"],
      allowedTimes: ["gtc", "day", "gtd", "ioc", "fok"],
    },
    references: [{ source: "bars", price, seenAt: order.time }],
    meanRange: undefined,
    holdings: [{ instrument, position, mark: price }],
    open: [],
    account: {
      readAt: order.time,
      version: sequence,
      freeCash: micros(Math.floor(account.cash * 1e6)),
      equity,
      peakEquity: equity,
      dayStartEquity: equity,
      marginRatio: 1,
      // What waits of this instrument, and what the run's other instruments hold.
      others: new Map([
        [instrument.id, { ...nothing, gross: micros(Math.ceil(elsewhere * 1e6)), openOrders: account.waitingEntries }],
      ]),
    },
    conversion: { rate: 1, seenAt: order.time },
    limits: resolveLimits(limits, owner, order.time, 0),
    permissions: {
      restricted: new Set(),
      registration: {
        instruments: new Set([instrument.id]),
        accounts: new Set([owner.account]),
        venues: new Set([venueId(instrument.venue)]),
      },
    },
    flow: flow.view(order.time),
    standing: {
      level: "RUN",
      levelScope: "global",
      epoch: 0,
      permitLeftMs: 1,
      leaseLeftMs: 1,
      warm: true,
      certificateAgeMs: 0,
      unresolved: 0,
      buildHash: "backtest",
      approvedBuildHash: "backtest",
      clockSkewMs: 0,
      driftLots: 0,
      departed: 0,
      intended: 0,
    },
  };
}
