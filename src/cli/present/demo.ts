import type { DemoReport, DemoStep } from "../../actions/demo-report.ts";
import { duration, table } from "./table.ts";

/** One line as a step is done. */
export function stepLine({ name, seen, durationMs }: DemoStep): string {
  return `✔ ${name} (${duration(durationMs)}): ${seen}`;
}

/** All steps with their times. */
export function demoTable({ steps }: DemoReport): string[] {
  const total = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const rows = steps.map(({ name, seen, durationMs }) => [name, duration(durationMs), seen]);
  return table(["STEP", "TIME", "SEEN"], [...rows, ["in all", duration(total), ""]]);
}
