import type { FlagBoard } from "../../src/actions/flags/keep-flags.ts";
import { OperatorError } from "../../src/core/errors.ts";
import type { Route } from "./route.ts";

/** What an incident needs goes through, whatever is closed: kills, alerts, incidents, and the flags themselves. */
const ALWAYS_OPEN: ReadonlySet<string> = new Set(["kill switch", "incidents", "flags"]);
const NEW_WORK: ReadonlySet<string> = new Set(["submitBacktest", "submitSweepShard"]);

/** Refuses a request that a flag has closed the door to. */
export type Admit = (route: Pick<Route, "id" | "tag" | "method" | "reads">) => void;

export function flagGate(flags: FlagBoard): Admit {
  return ({ id, tag, method, reads }) => {
    if (method === "get" || reads) return;
    if (flags.get("api.read-only") && !ALWAYS_OPEN.has(tag)) {
      throw closed("The API takes no changes at this moment.", "API_READ_ONLY", "api.read-only");
    }
    if (!flags.get("backtest.admission") && NEW_WORK.has(id)) {
      throw closed("No new backtests are taken in at this moment.", "BACKTESTS_CLOSED", "backtest.admission");
    }
  };
}

/** 503 and to be tried again: it is the flag that will change, not the request. */
function closed(message: string, code: string, flag: string): OperatorError {
  return new OperatorError(message, {
    exit: "unhealthy",
    code,
    found: `the flag ${flag}`,
    hint: "ttt flag list",
    retryable: true,
  });
}
