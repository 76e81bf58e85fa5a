import type { OnBar } from "../strategy/define-strategy.ts";
import { gateOf } from "../strategy/only-when.ts";

export const PROMISED = "the function called at each bar must not be async";

/**
 * What is wrong with what a strategy's setup returned, or undefined. An async function would order after its bar, and
 * what it throws would be lost.
 */
export function setupFault(onBar: unknown): string | undefined {
  if (onBar instanceof Promise) return "setup must not be async";
  if (typeof onBar !== "function") return "setup must return a function to call at each bar";
  const act = gateOf(onBar as OnBar)?.act ?? onBar;
  return act.constructor.name === "AsyncFunction" ? PROMISED : undefined;
}
