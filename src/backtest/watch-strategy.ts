import type { AnyStrategy, OnBar } from "../strategy/define-strategy.ts";
import { gateOf, onlyWhen } from "../strategy/only-when.ts";
import { StrategyFault } from "./engine/strategy-fault.ts";
import { PROMISED, setupFault } from "./setup-fault.ts";

/** Where a watched strategy is, for a thread that looks on. One element: bars seen, or one of these. */
export type WatchedBar = Int32Array<SharedArrayBuffer>;

export const NOT_STARTED = -2;
export const IN_SETUP = -1;
export const LOADING = -3;

/** Loads a strategy with the watch on: the file itself may loop for ever, or end the thread. */
export async function watchLoading<T>(watched: WatchedBar, load: () => Promise<T>): Promise<T> {
  Atomics.store(watched, 0, LOADING);
  const loaded = await load();
  Atomics.store(watched, 0, NOT_STARTED);
  return loaded;
}

/** Writes the bar that the strategy is working on into shared memory, so that a stuck one can be seen from outside. */
export function watchStrategy(strategy: AnyStrategy, watched: WatchedBar): AnyStrategy {
  return {
    ...strategy,
    setup(context) {
      Atomics.store(watched, 0, IN_SETUP);
      const onBar = strategy.setup(context);
      // The run itself says what is wrong with it.
      if (setupFault(onBar) !== undefined) return onBar;
      const gate = gateOf(onBar);
      return gate === undefined ? watch(onBar, watched) : onlyWhen(gate.signal, watch(gate.act, watched));
    },
  };
}

function watch(onBar: OnBar, watched: WatchedBar): OnBar {
  return (bar, broker) => {
    // A plain store, at every bar of every run: the one who looks on need not see it at once.
    watched[0] = bar.index;
    const answer: unknown = onBar(bar, broker);
    if (answer instanceof Promise) throw new StrategyFault("SETUP_INVALID", PROMISED);
  };
}
