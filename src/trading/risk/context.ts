import type { Instant } from "../instant.ts";
import type { Instrument, InstrumentId, Lots, Ticks } from "../instrument.ts";
import type { Origin } from "../intent.ts";
import type { Level } from "../level.ts";
import type { ClientOrderId, OrderTerms, OrderType, Side, TimeInForce } from "../order.ts";
import type { Owner, Scope } from "../scope.ts";
import type { AccountView } from "./account-view.ts";
import type { FlowView } from "./flow.ts";
import type { ResolvedLimits } from "./limits.ts";

/**
 * Everything that the checks may look at, for one proposed order. Plain data: a live session, a simulation and a
 * backtest fill it in alike. What is not known is undefined, and then the order is denied by name (RC-02).
 */
export interface RiskContext {
  readonly now: Instant;
  readonly order: ProposedOrder;
  readonly instrument: Instrument | undefined;
  readonly market: MarketStatus | undefined;
  /** Prices of the order's instrument by source; the first is the one orders are measured against. */
  readonly references: readonly ReferencePrice[];
  /** Mean range of recent bars, in ticks: the scale of the dynamic collar. */
  readonly meanRange: number | undefined;
  /** What this partition holds, all its instruments. */
  readonly holdings: readonly Holding[];
  /** Every order of this partition that may be live or is on its way, this one excluded. */
  readonly open: readonly OpenOrder[];
  readonly account: AccountView | undefined;
  /** Value of one unit of the instrument's currency in the account's; undefined when there is no rate. */
  readonly conversion: { readonly rate: number; readonly seenAt: number } | undefined;
  readonly limits: ResolvedLimits;
  readonly permissions: Permissions | undefined;
  readonly flow: FlowView;
  readonly standing: Standing;
}

export interface ProposedOrder {
  readonly id: ClientOrderId;
  readonly owner: Owner;
  readonly terms: OrderTerms;
  readonly origin: Origin;
  /** What the parent still allows its children in all: its quantity less what other children have taken (RC-44). */
  readonly parent?: { readonly id: ClientOrderId; readonly remaining: Lots | undefined };
  /** Codes of soft limits that an operator overrode for this order (RC-08). */
  readonly overrides: readonly string[];
  /** By code, how far over its limit the order may be under an override; without bound when left out. */
  readonly breaches?: Readonly<Record<string, number>>;
  /** Whether its id was ever used before. */
  readonly idUsed: boolean;
  /** Whether what it opens is to have a stop-loss resting at the venue. */
  readonly stopWanted?: boolean;
}

export interface MarketStatus {
  readonly phase: "open" | "auction" | "halted" | "closed" | "expired";
  readonly allowedTypes: readonly OrderType[];
  readonly allowedTimes: readonly TimeInForce[];
}

export interface ReferencePrice {
  readonly source: string;
  readonly price: Ticks;
  /** Monotonic time at which it was seen. */
  readonly seenAt: number;
  /** What the main source said for the same moment of the market, when that is not its price of now. */
  readonly against?: Ticks;
}

export interface Holding {
  readonly instrument: Instrument;
  /** Undefined until the venue's truth is known. */
  readonly position: Lots | undefined;
  readonly mark: Ticks | undefined;
}

export interface OpenOrder {
  readonly id: ClientOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  /** What may still fill. */
  readonly lots: Lots;
  /** The worst price at which it may fill. */
  readonly price: Ticks;
  /** A price at which it rests, if it does: for self-cross. */
  readonly resting: Ticks | undefined;
  /** Only one of a group fills. */
  readonly group?: string;
}

export interface Permissions {
  readonly restricted: ReadonlySet<InstrumentId>;
  /** The strategy's entry in the register of deployed strategies (RC-38); undefined when it has none. */
  readonly registration:
    | {
        readonly instruments: ReadonlySet<InstrumentId>;
        readonly accounts: ReadonlySet<string>;
        readonly venues: ReadonlySet<string>;
      }
    | undefined;
}

/** How the partition itself stands at this moment. */
export interface Standing {
  readonly level: Level;
  readonly levelScope: Scope;
  readonly epoch: number;
  /** Milliseconds that permit and lease still last; undefined when there is none. */
  readonly permitLeftMs: number | undefined;
  readonly leaseLeftMs: number | undefined;
  readonly warm: boolean;
  /** Age of the reconciliation certificate; undefined without one. */
  readonly certificateAgeMs: number | undefined;
  readonly unresolved: number;
  readonly buildHash: string;
  readonly approvedBuildHash: string | undefined;
  readonly clockSkewMs: number | undefined;
  /** Largest difference to the venue's position at the last snapshot. */
  readonly driftLots: number | undefined;
  /** Orders that left the egress and intents that were committed for them (RC-45). */
  readonly departed: number;
  readonly intended: number;
}
