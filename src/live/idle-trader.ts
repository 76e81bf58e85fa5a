import type { Trader } from "./trader.ts";

/** Wants nothing: for who only winds a partition up. */
export const IDLE_TRADER: Trader = {
  warm: true,
  onBar: () => [],
  restore() {},
  onFill() {},
  onBookChange: () => [],
};
