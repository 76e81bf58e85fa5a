import type { StackShape } from "../ops/stack.ts";
import type { Config } from "./config.ts";

/** What the configuration says the stack consists of. */
export function stackShape({ profile, worker, backtester, api, paper, venue }: Config): StackShape {
  return {
    profile,
    workers: worker.count,
    backtesters: backtester.count,
    exchange: venue.name !== "paper",
    memoryMb: {
      api: api.memoryMb,
      worker: worker.memoryMb,
      backtester: backtester.memoryMb,
      "paper-venue": paper.memoryMb,
    },
    probes: {
      api: api.probes,
      worker: worker.probes,
      backtester: backtester.probes,
      "paper-venue": paper.probes,
    },
  };
}
