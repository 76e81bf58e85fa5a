import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import type { InstanceView } from "../ops/instance.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { followStack } from "./follow-stack.ts";
import { readStatus } from "./read-status.ts";

export interface ChangeOptions {
  readonly clock: Clock;
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly onChange?: (view: InstanceView) => void;
}

export type Change = "start" | "stop" | "restart";

export interface ChangePlan {
  readonly instances: readonly InstanceView[];
  /** What would happen, one sentence each, in order. */
  readonly steps: readonly string[];
}

const WANTED = { start: "up", stop: "down", restart: "restart" } as const;
const REACHED: Record<Change, readonly string[]> = {
  start: ["ready", "done"],
  stop: ["stopped"],
  restart: ["ready", "done"],
};

/** What the change would do now. The change itself goes by the same plan. */
export async function planChange(stack: StackControl, change: Change, names: readonly string[]): Promise<ChangePlan> {
  const { instances } = await readStatus(stack);
  const chosen = names.flatMap((name) => choose(instances, name));
  const steps = chosen.map(({ instance, state }) => `${change} ${instance} (now ${state})`);
  return { instances: chosen, steps };
}

/** Starts, stops or restarts instances or whole services, and waits until it has happened. */
export async function changeServices(
  stack: StackControl,
  change: Change,
  names: readonly string[],
  options: ChangeOptions,
): Promise<readonly InstanceView[]> {
  const plan = await planChange(stack, change, names);
  const chosen = new Map(plan.instances.map((view) => [view.instance, view.generation]));
  await stack.want([...chosen.keys()], WANTED[change]);
  const pick = (instances: readonly InstanceView[]) => instances.filter(({ instance }) => chosen.has(instance));
  if (!options.wait) return pick((await stack.snapshot()).instances);

  const isReached = ({ instance, state, generation }: InstanceView) =>
    REACHED[change].includes(state) && (change !== "restart" || generation > (chosen.get(instance) ?? 0));
  const { outcome, snapshot } = await followStack(stack, {
    ...options,
    until: ({ instances }) => {
      if (pick(instances).every(isReached)) return "reached";
      const lost = pick(instances).some(({ state }) => state === "failed" || state === "quarantined");
      return lost && change !== "stop" ? "lost" : undefined;
    },
  });
  if (outcome === "reached") return pick(snapshot.instances);
  const open = pick(snapshot.instances).filter((view) => !isReached(view));
  throw new OperatorError(
    outcome === "timeout" ? `Not done within ${options.timeoutMs / 1000} s.` : "It did not work.",
    {
      exit: outcome === "timeout" ? "timeout" : "unhealthy",
      code: outcome === "timeout" ? "CHANGE_TIMEOUT" : "CHANGE_FAILED",
      found: open.map(({ instance, state, reason }) => `${instance} is ${state}${reason && `: ${reason}`}`).join("; "),
      hint: `ttt logs ${open[0]?.instance ?? "supervisor"}`,
      retryable: outcome === "timeout",
    },
  );
}

function choose(instances: readonly InstanceView[], name: string): readonly InstanceView[] {
  const found = instances.filter((view) => view.instance === name || view.service === name);
  if (found.length > 0) return found;
  throw new OperatorError(`There is no service ${name}.`, {
    exit: "notFound",
    code: "SERVICE_UNKNOWN",
    expected: [...new Set(instances.flatMap(({ service, instance }) => [service, instance]))].join(", "),
    found: name,
    hint: "ttt status",
  });
}
