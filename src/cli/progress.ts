import type { InstanceView } from "../ops/instance.ts";
import type { SupervisorProcess } from "../ops/stack-feed.ts";
import { changeLine } from "./present/services.ts";

/** Tells people on stderr what happens, as it happens; each state once, although its details may change. */
export function reportChanges(quiet: boolean): (view: InstanceView) => void {
  const last = new Map<string, string>();
  return (view) => {
    if (quiet || last.get(view.instance) === view.state) return;
    last.set(view.instance, view.state);
    process.stderr.write(`${changeLine(view)}\n`);
  };
}

/** Tells people on stderr that a supervisor had to be ended because it did not answer. */
export function reportReplaced(quiet: boolean): (supervisor: SupervisorProcess) => void {
  return ({ pid, isStopped }) => {
    if (quiet) return;
    const why = isStopped ? "was stopped by a signal" : "did not answer";
    process.stderr.write(`supervisor     ended: pid ${pid} ${why}; a new one takes over what runs\n`);
  };
}
