import type { InstanceView } from "../../ops/instance.ts";
import { duration, table } from "./table.ts";

/** The services as a table, and beneath it what needs a person. `now` is milliseconds since the epoch. */
export function servicesTable(instances: readonly InstanceView[], now: number): string[] {
  const rows = instances.map((view) => [
    view.instance,
    view.state,
    duration(now - view.since),
    view.pid === null ? "-" : String(view.pid),
    String(Object.values(view.restarts).reduce((sum, count) => sum + count, 0)),
    view.reason,
  ]);
  const hints = instances.flatMap(({ instance, hint }) => (hint === "" ? [] : [`${instance}: ${hint}`]));
  return [...table(["SERVICE", "STATE", "SINCE", "PID", "RESTARTS", "NOTE"], rows), ...hints];
}

/** One line for a change of state, as it happens. */
export function changeLine({ instance, state, reason, readyAfterMs }: InstanceView): string {
  const took = state === "ready" && readyAfterMs !== null ? ` after ${duration(readyAfterMs)}` : "";
  return `${instance.padEnd(14)} ${state}${took}${reason === "" ? "" : `: ${reason}`}`;
}
