import type { Side } from "../strategy/broker.ts";

/** An order that a strategy has just made, before it reaches the market. */
export interface ProposedOrder {
  readonly symbol: string;
  readonly side: Side;
  readonly type: "market" | "limit" | "stop" | "stop-limit";
  /** Units, positive; an estimate at the last close for relative sizes. */
  readonly size: number;
  readonly limit: number | undefined;
  readonly stop: number | undefined;
  readonly reduceOnly: boolean;
  /** Last close of the instrument, and the time of that bar. */
  readonly lastPrice: number;
  readonly time: number;
}

/** The account as it stands when the order is made. */
export interface AccountState {
  readonly equity: number;
  readonly cash: number;
  /** Value of all open trades, long and short added up. */
  readonly exposure: number;
  /** Units held of the order's instrument, signed, and in how many waiting entry orders. */
  readonly position: number;
  readonly waitingEntries: number;
  readonly openTrades: number;
}

/** A pre-trade check: the code of the denial, or undefined when the order may pass. Pure. */
export type RiskCheck = (order: ProposedOrder, account: AccountState) => string | undefined;
