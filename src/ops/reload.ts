import type { InstanceRecord, InstanceView } from "./instance.ts";
import type { InstanceTable } from "./instance-table.ts";
import { isServing } from "./service.ts";
import type { Turn } from "./turn.ts";

/** A successor must have been ready this long before the old one is asked to go. */
export const MIN_READY_MS = 1_500;

/** Why an instance cannot be replaced without a gap; undefined when it can. */
export function whyNotReload({ kind, state }: Pick<InstanceView, "kind" | "state">): string | undefined {
  if (kind !== "daemon") return "only our own daemons can be replaced without a gap";
  return isServing(state) ? undefined : `it is ${state}: nothing serves that could stay`;
}

/**
 * Begins the replacement of one instance: a second process is started beside it. The old one goes on serving until
 * the new one has proved itself; whatever goes wrong before, the old one stays and the reload has failed.
 */
export function beginReload(table: InstanceTable, name: string, expectedBuild: string, turn: Turn): void {
  const target = table.byName(name);
  const refuse = (reason: string) => turn.push({ type: "reloaded", instance: name, ok: false, reason });
  const reason = target && whyNotReload({ kind: target.spec.kind, state: target.state });
  if (!target) refuse("there is no such instance");
  else if (reason !== undefined) refuse(reason);
  else if (table.successorOf(target) || target.succeeds) refuse("a reload is under way");
  else turn.emit(table.addSuccessor(target, expectedBuild, turn.now.wall));
}

/** Moves a reload on, as far as the successor's state allows. */
export function advanceReload(table: InstanceTable, successor: InstanceRecord, turn: Turn): void {
  const { succeeds } = successor;
  if (!succeeds) return;
  const { target, expectedBuild } = succeeds;
  if (successor.state === "failed" || successor.state === "stopped") {
    successorEnded(table, successor, successor.reason, turn);
    return;
  }
  if (target.state === "stopped" && target.leaving) {
    if (isServing(successor.state)) promote(table, successor, target, turn);
    return;
  }
  if (!isServing(successor.state) || target.leaving || successor.wanted === "down") return;
  if (successor.buildHash !== expectedBuild) {
    succeeds.rejectedFor = `it runs build ${successor.buildHash}, not ${expectedBuild}`;
    successor.wanted = "down";
  } else if (turn.now.monotonic - (successor.readyAt ?? turn.now.monotonic) >= MIN_READY_MS) {
    target.wanted = "down";
    target.leaving = true;
  }
}

/** A successor ended: the reload has failed, and the old one is what there is. */
export function successorEnded(table: InstanceTable, successor: InstanceRecord, detail: string, turn: Turn): void {
  const { succeeds } = successor;
  if (!succeeds) return;
  const { target } = succeeds;
  table.remove(successor);
  turn.push({ type: "removed", instance: successor.name });
  if (target.leaving && successor.wanted === "up") {
    // It was on its way out, for the sake of one that is gone: it starts anew.
    target.leaving = false;
    target.wanted = "up";
    if (target.state === "stopped") turn.enter(target, "pending", "");
  }
  turn.push({ type: "reloaded", instance: target.name, ok: false, reason: succeeds.rejectedFor ?? detail });
}

function promote(table: InstanceTable, successor: InstanceRecord, target: InstanceRecord, turn: Turn): void {
  turn.push({ type: "removed", instance: successor.name });
  successor.name = target.name;
  successor.succeeds = undefined;
  successor.restarts = target.restarts;
  table.remove(target);
  turn.push({ type: "promoted", process: successor.key, instance: successor.name });
  turn.emit(successor);
  turn.push({ type: "reloaded", instance: successor.name, ok: true, reason: "" });
}
