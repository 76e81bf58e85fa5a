import type { Clock } from "../../core/clock.ts";
import { runWatched } from "../../runtime/watched-thread.ts";
import { BUILT_IN_STRATEGIES } from "../../strategy/builtin/index.ts";
import type { Workbench } from "./workbench.ts";

const DEFAULT_STALL_MS = 10_000;

/**
 * Strategies for the main thread, where a sweep is planned. A file is first loaded in a thread of its own: one that
 * loops for ever or ends its process does it there.
 */
export function safeStrategies(
  strategies: Workbench["strategies"],
  clock: Clock,
  stallMs = DEFAULT_STALL_MS,
): Workbench["strategies"] {
  return {
    ...strategies,
    async load(reference, source) {
      if (source === undefined && !BUILT_IN_STRATEGIES.has(reference)) {
        const entry = "src/cli/backtest/load-strategy.thread";
        await runWatched({ entry, data: { reference }, stallMs, what: reference, params: {} }, clock);
      }
      return withMessagesAside(() => strategies.load(reference, source));
    },
  };
}

/** What a strategy file prints is a message; stdout is the command's data. */
async function withMessagesAside<T>(work: () => Promise<T>): Promise<T> {
  const { log, info, debug } = console;
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
  try {
    return await work();
  } finally {
    Object.assign(console, { log, info, debug });
  }
}
