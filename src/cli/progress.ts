import type { InstanceView } from "../ops/instance.ts";
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
