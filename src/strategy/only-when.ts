import type { Crossings } from "./crossings.ts";
import type { OnBar } from "./define-strategy.ts";

/** What a function that waits for a signal waits for, and what it then does. */
export interface Gate {
  readonly signal: Crossings;
  readonly act: OnBar;
}

const gates = new WeakMap<OnBar, Gate>();

/**
 * What a strategy does at the bars at which its signal is not 0, and only there. It is a plain function for each bar's
 * close, so it works everywhere; a backtest of one instrument knows it and goes from signal to signal.
 */
export function onlyWhen(signal: Crossings, act: OnBar): OnBar {
  const gated: OnBar = (bar, broker) => {
    if (signal.now !== 0) act(bar, broker);
  };
  gates.set(gated, { signal, act });
  return gated;
}

/** The gate of a function that came from `onlyWhen`, undefined for any other. */
export function gateOf(onBar: OnBar): Gate | undefined {
  return gates.get(onBar);
}
