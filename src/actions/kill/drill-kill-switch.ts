import { OperatorError } from "../../core/errors.ts";
import { armTrading } from "./arm-trading.ts";
import { engageKillSwitch } from "./engage-kill-switch.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import { SENTINEL } from "./scope-reach.ts";

export interface DrillRequest {
  /** Each round is a command of its own, numbered from this id. */
  readonly commandId: string;
  readonly rounds: number;
  readonly actor: string;
  readonly origin: string;
  readonly ackTimeoutMs: number;
}

export interface DrillReport {
  readonly rounds: number;
  readonly workers: number;
  /** Rounds in which every worker acknowledged and every store accepted. */
  readonly passed: number;
  /** From the command to the last worker's acknowledgement, milliseconds, over the rounds that had one. */
  readonly propagationMs: { readonly median: number; readonly p99: number; readonly max: number } | undefined;
  readonly doubts: readonly string[];
}

/**
 * The whole path of a kill, measured, on a scope that nothing trades (KS-34): raised in every store, fanned out,
 * acknowledged by every worker, and armed again. The report goes on record. Throws (exit `unhealthy`) before anything is
 * raised when the authority cannot be read: only it could lift the drill's own kill.
 */
export async function drillKillSwitch(ports: KillSwitchPorts, request: DrillRequest): Promise<DrillReport> {
  const { commandId, rounds, actor, origin, ackTimeoutMs } = request;
  if ((await ports.authority?.read())?.status !== "read") throw authorityAway();
  const times: number[] = [];
  const doubts = new Set<string>();
  let [passed, workers] = [0, 0];
  for (let round = 1; round <= rounds; round++) {
    const command = { scope: SENTINEL, reason: `drill ${round} of ${rounds}`, actor, origin };
    const report = await engageKillSwitch(ports, {
      ...command,
      commandId: `${commandId}:${round}`,
      level: "BLOCK",
      cancel: false,
      flatten: false,
      ackTimeoutMs,
      actionTimeoutMs: 0,
    });
    for (const doubt of report.doubts) doubts.add(doubt);
    if (report.verdict === "verified" && report.doubts.length === 0) passed += 1;
    if (report.propagationMs !== undefined && report.workers.length > 0) times.push(report.propagationMs);
    workers = Math.max(workers, report.workers.length);
    // Whoever may drill may lift the drill's own kill: nothing trades in its scope.
    await armTrading(ports, { ...command, role: "risk", commandId: `${commandId}:${round}:arm`, acksMs: 0 });
  }
  const drill = { rounds, workers, passed, propagationMs: summaryOf(times), doubts: [...doubts] };
  await ports.journal?.append({ kind: "kill.drill", actor, origin, commandId, body: drill });
  return drill;
}

function authorityAway(): OperatorError {
  return new OperatorError(
    "The authority cannot be read: a kill set now could not be armed again. Nothing was raised.",
    {
      exit: "unhealthy",
      code: "DRILL_AUTHORITY_AWAY",
      expected: "a readable PostgreSQL",
      found: "none",
      hint: "ttt kill status",
      retryable: true,
    },
  );
}

function summaryOf(times: readonly number[]): DrillReport["propagationMs"] {
  if (times.length === 0) return undefined;
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)]!;
  return { median: at(0.5), p99: at(0.99), max: sorted.at(-1)! };
}
