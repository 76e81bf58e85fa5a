import { type InstrumentId, lots, micros, type StrategyId, ticks, worthOf } from "../trading/instrument.ts";
import type { Intent } from "../trading/intent.ts";
import type {
  AdmissionRequest,
  InstrumentExposure,
  Pace,
  ReservationAsk,
  SharedLimits,
} from "../trading/risk/account-admission.ts";
import type { AccountView } from "../trading/risk/account-view.ts";
import type { OpenOrder } from "../trading/risk/context.ts";
import { FEE_RATIO, openOn, worstPrice } from "../trading/risk/exposure.ts";
import { type LimitSet, type ResolvedLimits, resolveLimits } from "../trading/risk/limits.ts";
import type { Book } from "./book.ts";
import type { Market } from "./market.ts";
import type { SessionConfig } from "./session-config.ts";

/** No limit is set for it, so that what is resolved with it holds for every strategy of the account. */
const EVERY_STRATEGY = "" as StrategyId;

export interface AdmissionFacts {
  readonly config: SessionConfig;
  readonly book: Book;
  readonly market: Market;
  readonly limits: LimitSet;
  readonly account: AccountView | undefined;
  /** How long ago the venue showed the account's cash, in-flight time included. */
  readonly cashAgeMs: number | undefined;
  readonly epoch: number;
  readonly wall: number;
}

/**
 * What the store needs to admit a turn of intents against the whole account (RC-04): what this partition holds and has
 * sent, each intent's own reservation, and the limits that all the account's strategies share.
 */
export function admissionOf(intents: readonly Intent[], facts: AdmissionFacts): AdmissionRequest {
  const { config, book, market, account, cashAgeMs } = facts;
  const { venue } = config;
  // What was decided and has not been committed yet is either asked for here or comes later.
  const sent = book.sentOrders();
  const cash =
    account === undefined || cashAgeMs === undefined
      ? undefined
      : { free: account.freeCash, reserved: withFee(sum(sent, (one) => buyWorth(one, market))), ageMs: cashAgeMs };
  return {
    venue,
    account: config.account,
    own: {
      instruments: new Map(config.instruments.map(({ id }) => [id, exposureOf(id, book, sent)])),
      openOrders: sent.length,
      openNotional: micros(sum(sent, (one) => worth(one.instrument, one.price * one.lots, market))),
    },
    cash,
    asks: intents.map((intent) => askOf(intent, facts)),
    pace: paceOf(sharedLimits(facts, intents[0]!.terms.instrument)),
    venuePace: venuePace(facts),
  };
}

function exposureOf(id: InstrumentId, book: Book, sent: readonly OpenOrder[]): InstrumentExposure {
  return { position: book.position(id).lots, buys: openOn(sent, id, "buy"), sells: openOn(sent, id, "sell") };
}

function askOf(intent: Intent, facts: AdmissionFacts): ReservationAsk {
  const { terms, reference } = intent;
  const price = Math.max(worstPrice(terms, reference) ?? ticks(1), reference ?? 1);
  const notional = micros(worth(terms.instrument, price * terms.quantity, facts.market));
  return {
    id: intent.id,
    instrument: terms.instrument,
    side: terms.side,
    lots: lots(terms.quantity),
    notional,
    cash: terms.side === "buy" ? withFee(notional) : micros(0),
    reducing: intent.reducing,
    limits: sharedBy(intent, sharedLimits(facts, terms.instrument)),
  };
}

/** What an operator overrode for this order is not asked again (RC-08). */
function sharedBy({ decision }: Intent, limits: ResolvedLimits): SharedLimits {
  const limit = (name: keyof ResolvedLimits, code: string) =>
    decision.overrides.includes(code) ? null : (limits[name]?.value ?? null);
  return {
    maxPositionLots: limit("maxPositionLots", "POSITION_ABOVE_LIMIT"),
    maxOpenOrders: limit("maxOpenOrders", "OPEN_ORDERS_ABOVE_LIMIT"),
    maxOpenNotional: limit("maxOpenNotional", "OPEN_NOTIONAL_ABOVE_LIMIT"),
    paced: !decision.overrides.includes("MESSAGE_RATE_ABOVE_LIMIT"),
  };
}

function sharedLimits({ config, limits, wall, epoch }: AdmissionFacts, instrument: InstrumentId): ResolvedLimits {
  const owner = { venue: config.venue, account: config.account, strategy: EVERY_STRATEGY, instrument };
  return resolveLimits(limits, owner, wall, epoch);
}

const paceOf = (limits: ResolvedLimits): Pace => ({
  perSecond: limits.messagesPerSecond?.value ?? null,
  burst: limits.messageBurst?.value ?? null,
  perDay: limits.maxOrdersPerDay?.value ?? null,
});

/** Only where somebody set it for the venue itself: then all its accounts pass one turnstile. */
function venuePace(facts: AdmissionFacts): Pace | undefined {
  const scope = `venue:${facts.config.venue}`;
  const rows = facts.limits.rows.filter((row) => row.scope === scope);
  const first = facts.config.instruments[0];
  if (first === undefined || !rows.some(({ name }) => name === "messagesPerSecond" || name === "messageBurst")) return;
  const pace = paceOf(sharedLimits({ ...facts, limits: { ...facts.limits, rows } }, first.id));
  // One of the two alone makes no bucket: the other is as large as it.
  return { perSecond: pace.perSecond ?? pace.burst, burst: pace.burst ?? pace.perSecond, perDay: null };
}

const buyWorth = (one: OpenOrder, market: Market) =>
  one.side === "buy" ? worth(one.instrument, one.price * one.lots, market) : 0;

function worth(id: InstrumentId, amount: number, market: Market): number {
  const instrument = market.instrument(id);
  return instrument === undefined ? 0 : worthOf(instrument, amount);
}

const withFee = (amount: number) => micros(Math.ceil(amount * (1 + FEE_RATIO)));

const sum = <T>(items: readonly T[], of: (item: T) => number) => items.reduce((total, item) => total + of(item), 0);
