import { messageOf, OperatorError } from "../core/errors.ts";
import { placeInStrategy } from "./place-in-strategy.ts";
import { IN_SETUP, LOADING } from "./watch-strategy.ts";

/** What ran in a thread that did not come to its end. */
export interface FailedThread {
  /** Name or path of the strategy. */
  readonly what: string;
  readonly params: object;
  /** Where it was: see `WatchedBar`. */
  readonly bar: number;
}

/** The thread stayed where it was for `stallMs`. */
export function stuckStrategy({ what, params, bar }: FailedThread, stallMs: number): OperatorError {
  return new OperatorError(`${what} is stuck ${placeOf(bar)}: nothing happened for ${stallMs / 1000} s.`, {
    exit: "jobFailed",
    code: "STRATEGY_STUCK",
    expected: "a strategy that returns from every bar",
    found: `${placeOf(bar)}, params ${JSON.stringify(params)}`,
    hint: "look for a loop that does not end; --stall gives it more time",
  });
}

/** The thread ended by itself: somebody called `process.exit`. */
export function exitedStrategy({ what, params, bar }: FailedThread, exitCode: number): OperatorError {
  return new OperatorError(`${what} called process.exit(${exitCode}) ${placeOf(bar)}.`, {
    exit: "jobFailed",
    code: "STRATEGY_EXITED",
    expected: "a strategy that returns from every bar, or throws",
    found: `exit code ${exitCode} ${placeOf(bar)}, params ${JSON.stringify(params)}`,
    hint: "throw an error instead of ending the process",
  });
}

/** The thread broke outside of what the strategy was called for: in a timer, a promise, or for want of memory. */
export function crashedStrategy({ what, params, bar }: FailedThread, error: unknown): OperatorError {
  const outOfMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  const place = placeInStrategy(error);
  return new OperatorError(
    outOfMemory
      ? `${what} used up the memory ${placeOf(bar)}.`
      : `${what} failed outside of its bars, ${placeOf(bar)}: ${messageOf(error)}`,
    {
      exit: "jobFailed",
      code: outOfMemory ? "STRATEGY_OUT_OF_MEMORY" : "STRATEGY_THREW",
      found: `params ${JSON.stringify(params)}`,
      ...(place !== undefined && { hint: place }),
      cause: error,
    },
  );
}

function placeOf(bar: number): string {
  if (bar >= 0) return `at bar ${bar}`;
  if (bar === IN_SETUP) return "in setup";
  return bar === LOADING ? "while it was loaded" : "before it began";
}
