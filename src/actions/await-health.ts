import { isBeyondHelp, judgeStack, type StackSnapshot } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { type FollowOptions, followStack } from "./follow-stack.ts";

/** Waits until all is ready, something cannot become so by itself, or the time is up. Returns how it stands then. */
export async function awaitHealth(stack: StackControl, options: Omit<FollowOptions, "until">): Promise<StackSnapshot> {
  const { snapshot } = await followStack(stack, {
    ...options,
    until: ({ instances }) => {
      const verdict = judgeStack(instances);
      if (verdict.kind === "healthy") return "healthy";
      return verdict.kind === "unhealthy" && verdict.bad.some(isBeyondHelp) ? "lost" : undefined;
    },
  });
  return snapshot;
}
