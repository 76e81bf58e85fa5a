import { isLive } from "../ops/service.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { present } from "./present-stack.ts";

/** What `down` would end now, dependants first. */
export async function planDown(stack: StackControl): Promise<{ readonly steps: readonly string[] }> {
  const { running, first } = await present(stack);
  if (!running) {
    const ends = stack.processes().map(({ instance, pid }) => `take over and end ${instance} (pid ${pid})`);
    return { steps: [...first, ...ends] };
  }
  const live = running.instances.filter(({ state }) => isLive(state)).toReversed();
  return { steps: [...live.map(({ instance, pid }) => `end ${instance} (pid ${pid})`), "end the supervisor"] };
}
