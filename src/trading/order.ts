import type { Brand } from "../core/ids.ts";
import { accept, type Result, refuse } from "../core/result.ts";
import type { InstrumentId, Lots, Ticks } from "./instrument.ts";
import { lots } from "./instrument.ts";
import type { Owner } from "./scope.ts";

export type ClientOrderId = Brand<string, "ClientOrderId">;
export type VenueOrderId = Brand<string, "VenueOrderId">;

export type Side = "buy" | "sell";
export type OrderType = "market" | "limit" | "stop" | "stop-limit";
export const TIMES_IN_FORCE = ["gtc", "day", "gtd", "ioc", "fok"] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** What is asked of the venue. Prices in ticks, quantity in lots. */
export interface OrderTerms {
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Lots;
  /** For limit and stop-limit. */
  readonly limit?: Ticks;
  /** For stop and stop-limit. */
  readonly stop?: Ticks;
  readonly timeInForce: TimeInForce;
  /** Wall time, for gtd. */
  readonly expiresAt?: number;
  /** May only make the position smaller, and asks the venue to hold it to that where the venue can. */
  readonly reduceOnly: boolean;
  /** One cancels other: the venue cancels the rest of the group when one of it fills. Only where the venue can. */
  readonly group?: string;
}

/** The states of an order's life (OL-01). Denied is our own check, rejected is the venue. */
export const ORDER_STATES = [
  "initialized",
  "denied",
  "submitted",
  "accepted",
  "rejected",
  "triggered",
  "partially-filled",
  "filled",
  "pending-cancel",
  "canceled",
  "expired",
  "unresolved",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What can happen to an order. `lost` means that no answer came: nobody knows whether the venue has it. */
export type OrderChange =
  | { readonly kind: "deny" | "submit" | "accept" | "reject" | "trigger" | "ask-cancel" | "refuse-cancel" }
  | { readonly kind: "cancel" | "expire" | "lose" }
  | { readonly kind: "fill"; readonly lots: Lots };

export interface Order {
  readonly id: ClientOrderId;
  readonly terms: OrderTerms;
  readonly owner: Owner;
  readonly state: OrderState;
  readonly filled: Lots;
  readonly venueOrderId?: VenueOrderId;
  /** Why it was denied, rejected or ended, when there is a reason. */
  readonly reason?: string;
}

/** Why a change is illegal: a defect of ours or a lie of the venue. In a session it blocks the partition. */
export interface IllegalChange {
  readonly id: ClientOrderId;
  readonly state: OrderState;
  readonly change: OrderChange["kind"];
  readonly reason: string;
}

const TERMINAL: ReadonlySet<OrderState> = new Set(["denied", "rejected", "filled", "canceled", "expired"]);
const WORKING: ReadonlySet<OrderState> = new Set(["accepted", "triggered", "partially-filled", "pending-cancel"]);

/** No further change is expected. A fill may still come (OL-07). */
export const isTerminal = (state: OrderState): boolean => TERMINAL.has(state);
/** The venue has confirmed it and it is live there, as far as we know. */
export const isWorking = (state: OrderState): boolean => WORKING.has(state);
/** It may be live at the venue: everything that left us and has not ended. */
export const mayBeLive = (state: OrderState): boolean =>
  state === "submitted" || state === "unresolved" || WORKING.has(state);

/** What of the order may still fill. */
export const openLots = (order: Order): Lots =>
  lots(isTerminal(order.state) ? 0 : Math.max(0, order.terms.quantity - order.filled));

/** +1 for buy, -1 for sell. */
export const signOf = (side: Side): 1 | -1 => (side === "buy" ? 1 : -1);

type Row = Partial<Record<Exclude<OrderChange["kind"], "fill">, OrderState>>;

/** The next state for each change but a fill. A change that is not listed is illegal in that state. */
const TABLE: Record<OrderState, Row> = {
  initialized: { deny: "denied", submit: "submitted", lose: "unresolved" },
  denied: { deny: "denied", "refuse-cancel": "denied" },
  submitted: {
    // The egress held it back at the socket: it has provably not left.
    deny: "denied",
    accept: "accepted",
    reject: "rejected",
    trigger: "triggered",
    "ask-cancel": "pending-cancel",
    "refuse-cancel": "submitted",
    cancel: "canceled",
    expire: "expired",
    lose: "unresolved",
  },
  accepted: {
    accept: "accepted",
    trigger: "triggered",
    "ask-cancel": "pending-cancel",
    "refuse-cancel": "accepted",
    cancel: "canceled",
    expire: "expired",
    lose: "unresolved",
  },
  triggered: {
    accept: "triggered",
    trigger: "triggered",
    "ask-cancel": "pending-cancel",
    "refuse-cancel": "triggered",
    cancel: "canceled",
    expire: "expired",
    reject: "rejected",
    lose: "unresolved",
  },
  "partially-filled": {
    accept: "partially-filled",
    trigger: "partially-filled",
    "ask-cancel": "pending-cancel",
    "refuse-cancel": "partially-filled",
    cancel: "canceled",
    expire: "expired",
    lose: "unresolved",
  },
  "pending-cancel": {
    deny: "denied",
    accept: "pending-cancel",
    trigger: "pending-cancel",
    "ask-cancel": "pending-cancel",
    "refuse-cancel": "accepted",
    cancel: "canceled",
    expire: "expired",
    reject: "rejected",
    lose: "unresolved",
  },
  unresolved: {
    deny: "denied",
    accept: "accepted",
    reject: "rejected",
    trigger: "triggered",
    "ask-cancel": "unresolved",
    "refuse-cancel": "unresolved",
    cancel: "canceled",
    expire: "expired",
    lose: "unresolved",
  },
  // What comes late for an order that has ended changes nothing: reports may be doubled and overtake each other.
  rejected: { reject: "rejected", "refuse-cancel": "rejected" },
  filled: { accept: "filled", trigger: "filled", "refuse-cancel": "filled", cancel: "filled" },
  canceled: { accept: "canceled", trigger: "canceled", "refuse-cancel": "canceled", cancel: "canceled" },
  expired: { accept: "expired", trigger: "expired", "refuse-cancel": "expired", expire: "expired" },
};

/** The order after a change, or why it cannot be. */
export function changeOrder(order: Order, change: OrderChange): Result<Order, IllegalChange> {
  if (change.kind === "fill") return fillOrder(order, change.lots);
  const next = TABLE[order.state][change.kind];
  if (next === undefined) return refuse(illegal(order, change.kind, "no such transition"));
  const unconfirmed = change.kind === "refuse-cancel" && order.filled === 0 && order.venueOrderId === undefined;
  // A refused cancel proves nothing about an order that the venue has never confirmed.
  const state = next === "accepted" && unconfirmed ? "submitted" : next;
  return accept({ ...order, state: state === "accepted" && order.filled > 0 ? "partially-filled" : state });
}

/** A fill after cancel is a fill: an order that has ended keeps its state and grows in filled quantity. */
function fillOrder(order: Order, quantity: Lots): Result<Order, IllegalChange> {
  if (order.state === "initialized" || order.state === "denied" || order.state === "rejected") {
    return refuse(illegal(order, "fill", "the venue filled an order that was never live"));
  }
  const filled = lots(order.filled + quantity);
  if (quantity <= 0 || filled > order.terms.quantity) return refuse(illegal(order, "fill", "filled more than ordered"));
  const complete = filled === order.terms.quantity;
  const keeps = isTerminal(order.state) || order.state === "pending-cancel";
  return accept({ ...order, filled, state: complete ? "filled" : keeps ? order.state : "partially-filled" });
}

function illegal(order: Order, change: OrderChange["kind"], reason: string): IllegalChange {
  return { id: order.id, state: order.state, change, reason };
}
