import type { ArmReport } from "../../actions/kill/arm-trading.ts";
import { heldScopes } from "../../actions/kill/next-steps.ts";
import { killStatusLines } from "./kill-status.ts";

/** What became of an arm, and what is still held after it: an arm of one scope sets no other free. */
export function armReportLines(report: ArmReport): string[] {
  if (report.outcome === "waiting") {
    return [
      `NOT ARMED YET: request ${report.request} for ${report.scope} waits for a second person`,
      `  somebody else: ttt arm --approve ${report.request}`,
    ];
  }
  const held = heldScopes(report.status);
  const rest = held.length === 0 ? "" : `; still held: ${held.join(", ")}`;
  return [`${report.scope} is armed, epoch ${report.epoch}${rest}`, ...killStatusLines(report.status)];
}
