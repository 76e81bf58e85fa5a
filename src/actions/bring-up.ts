import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import { exitNameOf } from "../core/exit-codes.ts";
import type { InstanceView } from "../ops/instance.ts";
import { isBeyondHelp, judgeStack, type StackSnapshot, type SupervisorProcess } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { followStack } from "./follow-stack.ts";
import { replaceHungSupervisor } from "./replace-hung-supervisor.ts";

export interface BringUpOptions {
  readonly clock: Clock;
  /** Return only when everything is ready. */
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly onChange?: (view: InstanceView) => void;
  /** Told when a supervisor that did not answer was ended. */
  readonly onReplaced?: (supervisor: SupervisorProcess) => void;
}

/**
 * Starts the stack, or what is missing of it. Fails as soon as something cannot become ready any more, with that
 * one's reason and exit code; what is up stays up, so that it can be looked at.
 */
export async function bringUp(stack: StackControl, options: BringUpOptions): Promise<StackSnapshot> {
  const replaced = await replaceHungSupervisor(stack);
  if (replaced) options.onReplaced?.(replaced);
  const fresh = !stack.isMeantToBeUp() && stack.processes().length === 0;
  await stack.launch({ fresh });
  await wakeUp(stack);
  if (!options.wait) return stack.snapshot();
  const { clock, timeoutMs, onChange } = options;
  const { outcome, snapshot } = await followStack(stack, {
    clock,
    timeoutMs,
    ...(onChange && { onChange }),
    until: ({ instances }) => {
      const verdict = judgeStack(instances);
      if (verdict.kind === "healthy") return "healthy";
      const isLost = verdict.kind === "unhealthy" && verdict.bad.some(isBeyondHelp);
      return isLost ? "lost" : undefined;
    },
  });
  if (outcome === "healthy") return snapshot;
  throw notUp(outcome, snapshot, timeoutMs);
}

/** On a stack that runs already `up` means: start again what stands still. */
async function wakeUp(stack: StackControl): Promise<void> {
  const { instances } = await stack.snapshot();
  const asleep = instances.filter((view) => view.wanted === "down" || (isBeyondHelp(view) && view.waitsFor === null));
  if (asleep.length > 0)
    await stack.want(
      asleep.map(({ instance }) => instance),
      "up",
    );
}

function notUp(outcome: string, { instances }: StackSnapshot, timeoutMs: number): OperatorError {
  const verdict = judgeStack(instances);
  const open = verdict.kind === "unhealthy" ? verdict.bad : verdict.kind === "starting" ? verdict.waiting : [];
  // Those that only wait for another are not the cause.
  const causes = open.filter(({ waitsFor }) => waitsFor === null);
  const named = causes.length > 0 ? causes : open;
  const what = named.map(({ instance, state, reason }) => `${instance} is ${state}${reason && `: ${reason}`}`);
  const exit = outcome === "timeout" ? "timeout" : (exitNameOf(named[0]?.exitCode) ?? "unhealthy");
  return new OperatorError(
    outcome === "timeout" ? `The stack was not ready within ${timeoutMs / 1000} s.` : "The stack did not come up.",
    {
      exit,
      code: outcome === "timeout" ? "UP_TIMEOUT" : "UP_FAILED",
      found: what.join("; ") || "the supervisor ended",
      hint: named[0] ? `ttt logs ${named[0].instance}` : "ttt logs supervisor",
      retryable: outcome === "timeout",
    },
  );
}
