import type { InstanceView } from "../../ops/instance.ts";
import { timeLeft } from "../../ops/time-left.ts";
import { duration, table } from "./table.ts";

/** The services as a table, and beneath it what needs a person. `now` is milliseconds since the epoch. */
export function servicesTable(instances: readonly InstanceView[], now: number): string[] {
  const rows = instances.map((view) => [
    view.instance,
    view.state,
    duration(now - view.since),
    view.pid === null ? "-" : String(view.pid),
    String(Object.values(view.restarts).reduce((sum, count) => sum + count, 0)),
    noteOf(view, instances, now),
  ]);
  const hints = instances.flatMap(({ instance, hint }) => (hint === "" ? [] : [`${instance}: ${hint}`]));
  return [...table(["SERVICE", "STATE", "SINCE", "PID", "RESTARTS", "NOTE"], rows), ...hints];
}

function noteOf(view: InstanceView, all: readonly InstanceView[], now: number): string {
  const left = timeLeft(view, all);
  if (left === undefined) return view.reason;
  return [view.reason, `${left.words} ${duration(Math.max(0, left.at - now))}`].filter(Boolean).join("; ");
}

/** One line for a change of state, as it happens. */
export function changeLine({ instance, state, reason, readyAfterMs }: InstanceView): string {
  const took = state === "ready" && readyAfterMs !== null ? ` after ${duration(readyAfterMs)}` : "";
  return `${instance.padEnd(14)} ${state}${took}${reason === "" ? "" : `: ${reason}`}`;
}
