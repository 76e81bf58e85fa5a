import type { Clock } from "../../core/clock.ts";
import type { Command } from "../../live/commands.ts";
import type { Log } from "../../ports/log.ts";
import { type DecisionRecord, describeVerdict } from "../../trading/decision.ts";

/** A strategy may ask again at every bar: the log hears of each reason this often at most. */
const AGAIN_AFTER_MS = 60_000;

/**
 * Says in the log that our own checks deny a partition's orders, and why: a strategy that is denied everything looks
 * from outside like one that has nothing to do.
 */
export function tellDenials(partition: string, clock: Clock, log: Log): (commands: readonly Command[]) => void {
  const told = new Map<string, { at: number; since: number }>();
  const tell = (decision: DecisionRecord) => {
    const code = decision.code ?? "none";
    const last = told.get(code);
    if (last !== undefined && clock.monotonic() - last.at < AGAIN_AFTER_MS) {
      last.since += 1;
      return;
    }
    told.set(code, { at: clock.monotonic(), since: 0 });
    log.warn("order denied", {
      partition,
      order: decision.order,
      why: wordsOf(decision),
      ...(last !== undefined && last.since > 0 && { deniedSince: last.since }),
      try: `ttt risk explain ${decision.order}`,
    });
  };
  return (commands) => {
    for (const command of commands) if (command.kind === "record-denials") command.decisions.forEach(tell);
  };
}

function wordsOf({ code, results }: DecisionRecord): string {
  const decided = results.find(({ verdict }) => verdict.kind !== "PASS" && verdict.code === code);
  return decided === undefined ? (code ?? "none") : describeVerdict(decided.verdict);
}
