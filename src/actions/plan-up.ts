import { instanceName, isServing } from "../ops/service.ts";
import { type StackShape, stackServices } from "../ops/stack.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { present } from "./present-stack.ts";

/** What `up` would do now, one sentence each, in order. */
export async function planUp(stack: StackControl, shape: StackShape): Promise<{ readonly steps: readonly string[] }> {
  const { running, first } = await present(stack);
  if (running) {
    const asleep = running.instances.filter(({ state }) => !isServing(state) && state !== "done");
    return { steps: asleep.map(({ instance, state }) => `start ${instance} (now ${state})`) };
  }
  const adopted = new Set(stack.processes().map(({ instance }) => instance));
  const steps = stackServices(shape).flatMap((spec) =>
    Array.from({ length: spec.count }, (_, index) => {
      const name = instanceName(spec, index + 1);
      const needs = spec.needs.map(({ service, condition }) => `${service} ${condition}`).join(", ");
      return adopted.has(name) ? `take over ${name}` : `start ${name}${needs === "" ? "" : ` when ${needs}`}`;
    }),
  );
  return { steps: [...first, "start the supervisor", ...steps] };
}
