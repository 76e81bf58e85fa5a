import { clientOrderId } from "../../trading/client-order-id.ts";
import {
  accountId,
  type Instrument,
  instrumentId,
  lots,
  micros,
  strategyId,
  type Ticks,
  ticks,
  venueId,
} from "../../trading/instrument.ts";
import { partitionId } from "../../trading/lease.ts";
import { type OrderTerms, TIMES_IN_FORCE } from "../../trading/order.ts";
import { soleOwner } from "../../trading/risk/account-view.ts";
import { assess } from "../../trading/risk/assess.ts";
import type { OpenOrder, RiskContext } from "../../trading/risk/context.ts";
import { contentOf, FlowLog } from "../../trading/risk/flow.ts";
import { LIMITS, type LimitName, type ResolvedLimits } from "../../trading/risk/limits.ts";
import type { Owner } from "../../trading/scope.ts";
import type { RiskTerms } from "../spec.ts";
import type { Account } from "./account.ts";
import { given } from "./given.ts";
import type { Market } from "./market.ts";
import { lotsOf } from "./sizing.ts";
import { ENTRY, type Waiting } from "./waiting.ts";

/** Bars over which the mean range is taken. */
const RANGE_BARS = 20;
const DAY_MS = 86_400_000;
/** What a live run could be short of and a backtest never is. */
const AMPLE_MS = 3_600_000;
const VENUE = venueId("backtest");
const ACCOUNT = accountId("backtest");
const STRATEGY = strategyId("backtest");
const PARTITION = partitionId("backtest");
const BUILD = "backtest";

/**
 * The pre-trade checks of live runs over a backtest's orders: the same registry, fed from the run's own books. Prices
 * are rounded to ticks and amounts to millionths for the checks alone; the backtest goes on with what the strategy said.
 */
export class RegistryRisk {
  readonly #instruments: readonly Instrument[];
  readonly #limits: ResolvedLimits;
  readonly #flow = new FlowLog();
  #peakEquity: number;
  #day = Number.NaN;
  #dayStartEquity = Number.NaN;
  #sequence = 0;

  constructor(terms: RiskTerms, markets: readonly Market[], cash: number) {
    this.#instruments = markets.map((market) => instrumentOf(market, terms.tickSize ?? "0.0001"));
    this.#limits = limitsOf(terms.limits);
    this.#peakEquity = cash;
  }

  /** The code of the check that objects, or undefined. An order that passes counts for the checks of pace. */
  denial(account: Account, market: Market, order: Waiting): string | undefined {
    this.#sequence += 1;
    const context = this.#context(account, market, order);
    const { allowed, code } = assess(context);
    if (!allowed) return code;
    const { mono, wall } = context.now;
    this.#flow.decided(mono, wall, contentOf(ACCOUNT, context.order.terms), 0);
    return undefined;
  }

  /** Market and venue are the same bars here, so that its own word never differs. */
  #references(market: Account["markets"][number], seenAt: number): RiskContext["references"] {
    const price = this.#ticksAt(market, market.mark);
    return [
      { source: "bars", price, seenAt },
      { source: "venue", price, seenAt },
    ];
  }

  #context(account: Account, market: Market, order: Waiting): RiskContext {
    const now = market.bars.time.now;
    const instrument = this.#instruments[market.index]!;
    return {
      now: { mono: now, wall: now },
      order: {
        id: clientOrderId(PARTITION, STRATEGY, this.#sequence),
        owner: ownerOf(instrument),
        terms: this.#terms(account, market, order),
        origin: "strategy",
        overrides: [],
        idUsed: false,
      },
      instrument,
      market: {
        phase: "open",
        allowedTypes: ["market", "limit", "stop", "stop-limit"],
        allowedTimes: TIMES_IN_FORCE,
      },
      references: this.#references(market, now),
      meanRange: meanRange(market) / Number(instrument.tickSize),
      holdings: account.markets.map((one) => ({
        instrument: this.#instruments[one.index]!,
        position: lots(one.lots),
        mark: this.#ticksAt(one, one.mark),
      })),
      open: account.markets.flatMap((one) => this.#openOrders(account, one)),
      account: this.#accountView(account, now),
      conversion: { rate: 1, seenAt: now },
      limits: this.#limits,
      permissions: {
        restricted: new Set(),
        registration: {
          instruments: new Set(this.#instruments.map(({ id }) => id)),
          accounts: new Set([ACCOUNT]),
          venues: new Set([VENUE]),
        },
      },
      flow: this.#flow.view(now),
      standing: STANDING,
    };
  }

  #terms(account: Account, market: Market, order: Waiting): OrderTerms {
    const { limit, stop } = order;
    const price = given(limit) ? limit : given(stop) ? stop : market.mark;
    return {
      instrument: this.#instruments[market.index]!.id,
      side: order.buy ? "buy" : "sell",
      type: given(stop) ? (given(limit) ? "stop-limit" : "stop") : given(limit) ? "limit" : "market",
      quantity: lots(Math.max(0, lotsOf(account, market, order, price, price))),
      ...(given(limit) && { limit: this.#ticksAt(market, limit) }),
      ...(given(stop) && { stop: this.#ticksAt(market, stop) }),
      timeInForce: "gtc",
      reduceOnly: order.reduceOnly,
    };
  }

  /** Waiting entries, and the closes that are on their way; brackets only ever close what is there. */
  #openOrders(account: Account, market: Market): OpenOrder[] {
    return market
      .orders()
      .filter(({ role }) => role === ENTRY)
      .map((order) => {
        const { limit, stop } = order;
        const price = given(limit) ? limit : given(stop) ? stop : market.mark;
        return {
          id: clientOrderId(PARTITION, STRATEGY, order.id),
          instrument: this.#instruments[market.index]!.id,
          side: order.buy ? "buy" : "sell",
          lots: lots(Math.max(0, lotsOf(account, market, order, price, price))),
          price: this.#ticksAt(market, price),
          resting: given(limit) ? this.#ticksAt(market, limit) : undefined,
        };
      });
  }

  #accountView(account: Account, now: number) {
    const equity = account.equity();
    const day = Math.floor(now / DAY_MS);
    if (day !== this.#day) [this.#day, this.#dayStartEquity] = [day, equity];
    this.#peakEquity = Math.max(this.#peakEquity, equity);
    const paid = account.markets.reduce((sum, market) => sum + market.cost * market.lotValue, 0);
    return {
      ...soleOwner(millionths(account.cash - paid), now),
      equity: millionths(equity),
      peakEquity: millionths(this.#peakEquity),
      dayStartEquity: millionths(this.#dayStartEquity),
      marginRatio: 1 / account.rules.leverage,
    };
  }

  #ticksAt(market: Market, price: number): Ticks {
    return ticks(Math.round(price / Number(this.#instruments[market.index]!.tickSize)));
  }
}

const STANDING: RiskContext["standing"] = {
  level: "RUN",
  levelScope: "global",
  epoch: 1,
  permitLeftMs: AMPLE_MS,
  leaseLeftMs: AMPLE_MS,
  warm: true,
  certificateAgeMs: 0,
  unresolved: 0,
  buildHash: BUILD,
  approvedBuildHash: BUILD,
  clockSkewMs: 0,
  driftLots: 0,
  departed: 0,
  intended: 0,
};

function instrumentOf(market: Market, tickSize: string): Instrument {
  return {
    id: instrumentId(market.symbol),
    venue: VENUE,
    tickSize,
    lotSize: String(market.lotSize),
    multiplier: market.lotValue / market.lotSize,
    currency: "CASH",
    minimum: lots(1),
    maximum: lots(Number.MAX_SAFE_INTEGER),
  };
}

function ownerOf({ id }: Instrument): Owner {
  return { venue: VENUE, account: ACCOUNT, strategy: STRATEGY, instrument: id };
}

/** Limits that are not named do not apply. Amounts of cash become millionths. */
function limitsOf(named: RiskTerms["limits"]): ResolvedLimits {
  const entries = (Object.keys(LIMITS) as LimitName[]).map((name) => {
    const value = named[name];
    const scaled = value !== undefined && LIMITS[name].unit === "micros" ? Math.round(value * 1e6) : value;
    return [name, scaled === undefined ? null : { value: scaled, kind: "hard", scope: "global" }];
  });
  return Object.fromEntries(entries);
}

function meanRange({ columns, bars }: Market): number {
  const { index } = bars.cursor;
  const from = Math.max(0, index - RANGE_BARS + 1);
  let sum = 0;
  for (let i = from; i <= index; i++) sum += columns.high[i]! - columns.low[i]!;
  return sum / (index - from + 1);
}

const millionths = (cash: number) => micros(Math.floor(cash * 1e6));
