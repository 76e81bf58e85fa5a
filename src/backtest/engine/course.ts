import type { CurrentBar } from "../../strategy/bars.ts";
import type { OnBar } from "../../strategy/define-strategy.ts";
import type { Account } from "./account.ts";
import { goBankrupt } from "./margin.ts";
import type { Market } from "./market.ts";

/** What the loop runs on. */
export interface Course {
  readonly account: Account;
  readonly onBar: OnBar;
  readonly bar: CurrentBar;
  /** Bars at the start at which the strategy is not called, by market. */
  readonly warmUps: readonly number[];
  /** Receives cash and unrealised profit at each step's close. */
  readonly equity: Float64Array;
}

/** Ends a run whose equity is used up: there is none from this step on. Returns the step. */
export function endBankrupt(account: Account, equity: Float64Array, step: number): number {
  goBankrupt(account);
  equity.fill(0, step);
  return step;
}

/** Whether some waiting order can fill in bar `index`. */
export function mayFill(market: Market, index: number): boolean {
  const { low, high } = market.columns;
  return market.waits && (index >= market.wakeBar || low[index]! <= market.downPrice || high[index]! >= market.upPrice);
}
