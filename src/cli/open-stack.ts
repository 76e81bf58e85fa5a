import type { Clock } from "../core/clock.ts";
import type { StackShape } from "../ops/stack.ts";
import { type Config, loadConfig } from "../runtime/config.ts";
import { openStackControl } from "../runtime/stack-control.ts";
import { stackShape } from "../runtime/stack-shape.ts";
import { systemClock } from "../runtime/system-clock.ts";
import { openWorkerControl } from "../runtime/worker-control.ts";
import { loadWhatHolds } from "./load-what-holds.ts";

export interface StackAccess {
  readonly config: Config;
  readonly stack: ReturnType<typeof openStackControl>;
  readonly clock: Clock;
  /** What the configuration says the stack consists of. */
  readonly shape: StackShape;
  /** The workers that run here, asked one by one. */
  readonly workers: ReturnType<typeof openWorkerControl>;
}

/** The stack of the configured state directory, for a command. Nothing is opened until it is used. */
export async function openStack(): Promise<StackAccess> {
  return accessTo(await loadConfig());
}

/** The same for what only looks at what runs, or ends it: a configuration that is wrong by now is no reason not to. */
export async function openRunningStack(): Promise<StackAccess> {
  return accessTo(await loadWhatHolds());
}

function accessTo(config: Config): StackAccess {
  return {
    config,
    stack: openStackControl(config),
    clock: systemClock,
    shape: stackShape(config),
    workers: openWorkerControl(config),
  };
}
