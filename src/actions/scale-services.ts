import { OperatorError } from "../core/errors.ts";
import type { InstanceView } from "../ops/instance.ts";
import type { StackSnapshot } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";
import type { ChangeOptions } from "./change-services.ts";
import { followStack } from "./follow-stack.ts";
import { readStatus } from "./read-status.ts";

export interface ScaleTarget {
  readonly service: string;
  readonly count: number;
}

const MOST_INSTANCES = 64;

/** What the scaling would do now. */
export async function planScale(
  stack: StackControl,
  texts: readonly string[],
): Promise<{ readonly targets: readonly ScaleTarget[]; readonly steps: readonly string[] }> {
  const { instances } = await readStatus(stack);
  const targets = texts.map((text) => parseTarget(text, instances));
  const steps = targets.flatMap(({ service, count }) => {
    const now = instances.filter((view) => view.service === service);
    const more = Array.from(
      { length: Math.max(0, count - now.length) },
      (_, i) => `start ${service}-${now.length + i + 1}`,
    );
    return [...more, ...now.slice(count).map(({ instance }) => `drain and end ${instance}`)];
  });
  return { targets, steps };
}

/** Brings each service to its count, and waits until the new ones are ready and the surplus is gone. */
export async function scaleServices(
  stack: StackControl,
  texts: readonly string[],
  options: ChangeOptions,
): Promise<StackSnapshot> {
  const { targets } = await planScale(stack, texts);
  for (const { service, count } of targets) await stack.scale(service, count);
  if (!options.wait) return stack.snapshot();
  const open = (instances: readonly InstanceView[]) => targets.filter((target) => !isAt(target, instances));
  const { outcome, snapshot } = await followStack(stack, {
    ...options,
    until: ({ instances }) => (open(instances).length === 0 ? "reached" : undefined),
  });
  if (outcome === "reached") return snapshot;
  throw new OperatorError(`The scaling was not done within ${options.timeoutMs / 1000} s.`, {
    exit: "timeout",
    code: "SCALE_TIMEOUT",
    found: open(snapshot.instances)
      .map(
        ({ service, count }) =>
          `${service}: ${snapshot.instances.filter((one) => one.service === service).length} of ${count}`,
      )
      .join("; "),
    hint: "It goes on: ttt status",
    retryable: true,
  });
}

function isAt({ service, count }: ScaleTarget, instances: readonly InstanceView[]): boolean {
  const now = instances.filter((view) => view.service === service);
  return now.length === count && now.every(({ state, wanted }) => wanted === "down" || state === "ready");
}

function parseTarget(text: string, instances: readonly InstanceView[]): ScaleTarget {
  const scalable = [
    ...new Set(instances.filter(({ instance, service }) => instance !== service).map((one) => one.service)),
  ];
  const [, service, digits] = /^([a-z-]+)=(\d{1,3})$/.exec(text) ?? [];
  const count = Number(digits);
  const isKnown = service !== undefined && (scalable.includes(service) || ["worker", "backtester"].includes(service));
  if (isKnown && count <= MOST_INSTANCES) return { service, count };
  throw new OperatorError(`${text} is not a scaling.`, {
    exit: "usage",
    code: "SCALE_INVALID",
    expected: `SERVICE=COUNT with SERVICE one of ${["worker", "backtester"].join(", ")} and COUNT at most ${MOST_INSTANCES}`,
    found: text,
    hint: "ttt scale worker=3",
  });
}
