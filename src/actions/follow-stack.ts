import { type Clock, sleep } from "../core/clock.ts";
import type { InstanceView } from "../ops/instance.ts";
import { applyStackEvent, type StackEvent, type StackSnapshot } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";

export interface FollowOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Told of every change on the way. */
  readonly onChange?: (view: InstanceView) => void;
  /** Looks at the stack after each change; the first answer that is not undefined ends the wait. */
  readonly until: (snapshot: StackSnapshot) => string | undefined;
}

export interface FollowResult {
  /** What `until` said; `ended` when the supervisor left; `timeout` when the time ran out. */
  readonly outcome: string;
  readonly snapshot: StackSnapshot;
}

/** Follows the stack until something is reached, the supervisor ends, or the time is up. */
export async function followStack(stack: StackControl, options: FollowOptions): Promise<FollowResult> {
  let snapshot = await stack.snapshot();
  let outcome: string | undefined;
  const timeUp = new AbortController();
  const onEvent = (event: StackEvent) => {
    snapshot = applyStackEvent(snapshot, event);
    if (event.kind === "instance") options.onChange?.(event.view);
    outcome ??= options.until(snapshot);
    if (outcome !== undefined) timeUp.abort();
  };
  const watch = await stack.watch(onEvent);
  const timeout = sleep(options.clock, options.timeoutMs, timeUp.signal).then(() => "timeout");
  const first = await Promise.race([timeout, watch.ended.then(() => "ended")]);
  timeUp.abort();
  watch.close();
  return { outcome: outcome ?? first, snapshot };
}
