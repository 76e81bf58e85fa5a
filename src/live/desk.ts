import { clientOrderId } from "../trading/client-order-id.ts";
import type { DecisionRecord } from "../trading/decision.ts";
import type { Instant } from "../trading/instant.ts";
import { type InstrumentId, micros, ticks, worthOf } from "../trading/instrument.ts";
import type { ExitLevels, Intent, Origin } from "../trading/intent.ts";
import { LEASE_GUARD_MS } from "../trading/lease.ts";
import type { ClientOrderId, OrderTerms } from "../trading/order.ts";
import { profitAt } from "../trading/position.ts";
import type { AdmissionRequest } from "../trading/risk/account-admission.ts";
import type { AccountView } from "../trading/risk/account-view.ts";
import { assess, decisionRecord } from "../trading/risk/assess.ts";
import { protectMarketOrder, throughReference } from "../trading/risk/collar.ts";
import type { Holding, Permissions, ProposedOrder, RiskContext } from "../trading/risk/context.ts";
import { contentOf, FlowLog } from "../trading/risk/flow.ts";
import { type LimitSet, type ResolvedLimits, resolveLimits } from "../trading/risk/limits.ts";
import type { Owner } from "../trading/scope.ts";
import { admissionOf } from "./admission.ts";
import type { Book } from "./book.ts";
import type { Holdings } from "./holdings.ts";
import type { Market } from "./market.ts";
import type { SessionConfig } from "./session-config.ts";

/** What the rest of the session tells the desk about its own state. */
export interface DeskStanding {
  readonly warm: boolean;
  readonly certificateAgeMs: number | undefined;
  readonly unresolved: number;
  readonly driftLots: number | undefined;
  readonly departed: number;
  readonly intended: number;
}

/** An order somebody wants. */
export interface Proposal {
  readonly terms: OrderTerms;
  readonly origin: Origin;
  readonly parent?: ClientOrderId;
  readonly tag?: string;
  readonly exits?: ExitLevels;
}

export type Decision =
  | { readonly allowed: true; readonly intent: Intent }
  | { readonly allowed: false; readonly record: DecisionRecord };

/** Limits once resolved, and for how long they hold. */
interface ResolvedFor {
  readonly set: LimitSet;
  readonly epoch: number;
  readonly from: number;
  readonly until: number;
  readonly limits: ResolvedLimits;
}

/** Decides what may be sent: gathers the context of a proposal and runs the registry over it. */
export class Desk {
  readonly #config: SessionConfig;
  readonly #book: Book;
  readonly #market: Market;
  readonly #holdings: Holdings;
  readonly flow = new FlowLog();
  limits: LimitSet = { version: 0, rows: [] };
  /** As read, without this partition's own flows. */
  accountRead: AccountView | undefined;
  /** Monotonic times at which the account, its cash at the venue, and the venue's clock were last seen. */
  accountReadAt: number | undefined;
  cashShownAt: number | undefined;
  venueTimeAt: number | undefined;
  #peakEquity = 0;
  #armedEpoch = 0;
  readonly #resolved = new Map<InstrumentId, ResolvedFor>();
  permissions: Permissions | undefined;
  clockSkewMs: number | undefined;
  nextSequence = 1;

  constructor(config: SessionConfig, book: Book, market: Market, holdings: Holdings) {
    this.#config = config;
    this.#book = book;
    this.#market = market;
    this.#holdings = holdings;
  }

  ownerOf(instrument: InstrumentId): Owner {
    const { venue, account, strategy } = this.#config;
    return { venue, account, strategy, instrument };
  }

  /** The limits as they stand; looked up anew when a version, an epoch or an expiry has changed them. */
  resolved(instrument: InstrumentId, wall: number): ResolvedLimits {
    const { epoch } = this.#holdings.state;
    const held = this.#resolved.get(instrument);
    const fresh = held?.set === this.limits && held.epoch === epoch && held.from <= wall && wall < held.until;
    if (fresh) return held.limits;
    const limits = resolveLimits(this.limits, this.ownerOf(instrument), wall, epoch);
    const ends = this.limits.rows.flatMap(({ expires }) => (expires !== undefined && expires > wall ? [expires] : []));
    const until = Math.min(Number.POSITIVE_INFINITY, ...ends);
    this.#resolved.set(instrument, { set: this.limits, epoch, from: wall, until, limits });
    return limits;
  }

  /** The account with this partition's own cash flows and profit in it; undefined until it was read. */
  get account(): AccountView | undefined {
    const read = this.accountRead;
    if (read === undefined) return undefined;
    let cash = 0;
    let profit = 0;
    for (const position of this.#book.positions) {
      const instrument = this.#market.instrument(position.instrument);
      if (instrument === undefined) return undefined;
      const mark = this.#market.reference(position.instrument);
      if (mark === undefined && position.lots !== 0) return undefined;
      cash += worthOf(instrument, position.realised - position.cost) - position.commission;
      profit += worthOf(instrument, profitAt(position, mark ?? ticks(0))) - position.commission;
    }
    const equity = micros(Math.floor(read.equity + profit));
    this.#peakEquity = Math.max(this.#peakEquity, equity);
    const peakEquity = micros(Math.max(read.peakEquity, this.#peakEquity));
    return { ...read, freeCash: micros(Math.floor(read.freeCash + cash)), equity, peakEquity };
  }

  /** A person armed at this epoch: executions and the drawdown count from there (RC-42, RC-47). */
  armed(epoch: number): void {
    if (epoch > this.#armedEpoch) this.#peakEquity = 0;
    this.#armedEpoch = Math.max(this.#armedEpoch, epoch);
    this.flow.armed(epoch);
  }

  /** A stop of this instrument closed at a loss (RC-48). */
  stoppedOut(instrument: InstrumentId, now: Instant): void {
    this.flow.stoppedOut(now.mono, this.resolved(instrument, now.wall).stopOutsBeforeCoolDown?.value);
  }

  /** Decides one proposal. An allowed one takes the next sequence number and counts as decided from here on. */
  decide(proposal: Proposal, standing: DeskStanding, now: Instant): Decision {
    const { partition, strategy, buildHash } = this.#config;
    const id = clientOrderId(partition, strategy, this.nextSequence);
    const terms = this.#protect(proposal.terms, now);
    const context = this.context({ ...proposal, terms }, id, standing, now);
    const assessment = assess(context);
    const epoch = context.standing.epoch;
    const token = this.#holdings.lease?.token ?? 0;
    const circumstances = { limitsVersion: this.limits.version, epoch, token, buildHash };
    const record = decisionRecord(id, assessment, circumstances);
    if (!assessment.allowed) return { allowed: false, record };

    const reference = context.references[0]?.price;
    const through = reference === undefined ? 0 : throughReference(terms, reference);
    const content = contentOf(context.order.owner.account, terms);
    this.flow.decided(now.mono, now.wall, content, through, proposal.origin === "strategy");
    const intent: Intent = {
      id,
      partition,
      sequence: this.nextSequence,
      token,
      epoch,
      owner: context.order.owner,
      terms,
      origin: proposal.origin,
      reducing: assessment.reducing,
      ...(proposal.parent === undefined ? {} : { parent: proposal.parent }),
      ...(proposal.tag === undefined ? {} : { tag: proposal.tag }),
      ...(proposal.exits === undefined ? {} : { exits: proposal.exits }),
      ...(reference === undefined ? {} : { reference }),
      decidedAt: now.wall,
      decision: record,
    };
    this.nextSequence += 1;
    return { allowed: true, intent };
  }

  /** Everything that the checks may look at, as it stands now. */
  context(proposal: Proposal, id: ClientOrderId, standing: DeskStanding, now: Instant): RiskContext {
    const { terms } = proposal;
    const instrument = this.#market.instrument(terms.instrument);
    const owner = this.ownerOf(terms.instrument);
    return {
      now,
      order: this.#proposed(proposal, id, owner),
      instrument,
      market: this.#market.status(terms.instrument),
      references: this.#market.references(terms.instrument),
      meanRange: this.#market.meanRange(terms.instrument),
      holdings: this.#holdingsNow(),
      open: this.#book.openOrders(id),
      account: this.account,
      conversion: instrument?.currency === this.#config.accountCurrency ? { rate: 1, seenAt: now.mono } : undefined,
      limits: this.resolved(terms.instrument, now.wall),
      permissions: this.permissions,
      flow: this.flow.view(now.mono),
      standing: this.#standing(standing, owner, now),
    };
  }

  /** What the store needs to admit these intents against the whole account. */
  admission(intents: readonly Intent[], now: Instant, inFlightMs: number): AdmissionRequest {
    const { epoch } = this.#holdings.state;
    // What others bought while the venue's answer was under way may be in it or not: it is counted.
    const cashAgeMs = this.cashShownAt === undefined ? undefined : now.mono - this.cashShownAt + inFlightMs;
    const { account, limits } = this;
    const { wall } = now;
    return admissionOf(intents, {
      ...{ config: this.#config, book: this.#book, market: this.#market },
      ...{ limits, account, cashAgeMs, epoch, wall },
    });
  }

  #proposed({ terms, origin, parent, exits }: Proposal, id: ClientOrderId, owner: Owner): ProposedOrder {
    const overridden = (this.limits.overrides ?? []).filter((one) => one.order === id);
    const overrides = overridden.map(({ code }) => code);
    const breaches = Object.fromEntries(overridden.map(({ code, breach }) => [code, breach]));
    const stopWanted = exits?.stopLoss !== undefined || exits?.trail !== undefined;
    const idUsed = this.#book.find(id) !== undefined;
    const base = { id, owner, terms, origin, overrides, breaches, idUsed, stopWanted };
    return parent === undefined
      ? base
      : { ...base, parent: { id: parent, remaining: this.#book.remainingOf(parent, terms.group) } };
  }

  #holdingsNow(): Holding[] {
    return [...this.#market.instruments].map((instrument) => ({
      instrument,
      position: this.#book.position(instrument.id).lots,
      mark: this.#market.reference(instrument.id),
    }));
  }

  #standing(standing: DeskStanding, owner: Owner, now: Instant): RiskContext["standing"] {
    const { permit, lease } = this.#holdings;
    const { level, scope, epoch } = this.#holdings.levelFor(owner, now.mono);
    return {
      ...standing,
      level,
      levelScope: scope,
      epoch,
      permitLeftMs: permit === undefined ? undefined : permit.expires - now.mono,
      leaseLeftMs: lease === undefined ? undefined : lease.expires - LEASE_GUARD_MS - now.mono,
      buildHash: this.#config.buildHash,
      approvedBuildHash: this.#config.approvedBuildHash,
      clockSkewMs: this.clockSkewMs,
    };
  }

  /** A market order gets its collar where the venue would take it without bound (RC-17). */
  #protect(terms: OrderTerms, now: Instant): OrderTerms {
    const instrument = this.#market.instrument(terms.instrument);
    const reference = this.#market.reference(terms.instrument);
    const collar = this.resolved(terms.instrument, now.wall).collarRatio?.value;
    if (this.#config.capabilities.plainMarketOrders || terms.type !== "market") return terms;
    if (instrument === undefined || reference === undefined || collar === undefined) return terms;
    return protectMarketOrder(terms, reference, collar, instrument);
  }
}
