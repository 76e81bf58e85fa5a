import { OperatorError } from "../core/errors.ts";
import { isLive } from "../ops/service.ts";
import type { StackControl } from "../ports/stack-control.ts";

/** What `down` would end now, dependants first. */
export async function planDown(stack: StackControl): Promise<{ readonly steps: readonly string[] }> {
  const running = await stack.snapshot().catch((error: unknown) => {
    if (error instanceof OperatorError && error.details.code === "CONTROL_ABSENT") return undefined;
    throw error;
  });
  if (!running)
    return { steps: stack.processes().map(({ instance, pid }) => `take over and end ${instance} (pid ${pid})`) };
  const live = running.instances.filter(({ state }) => isLive(state)).toReversed();
  return { steps: [...live.map(({ instance, pid }) => `end ${instance} (pid ${pid})`), "end the supervisor"] };
}
