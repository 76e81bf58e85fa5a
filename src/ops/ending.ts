import type { Random } from "../core/random.ts";
import { NEW_HEALTH } from "./health.ts";
import type { InstanceRecord } from "./instance.ts";
import type { InstanceTable } from "./instance-table.ts";
import { successorEnded } from "./reload.ts";
import { decideRestart, STABLE_AFTER_MS } from "./restart-policy.ts";
import type { Cause } from "./service.ts";
import type { Turn } from "./turn.ts";

/** How a process ended: its exit code, undefined when a signal ended it, and its last words. */
export interface End {
  readonly code: number | undefined;
  readonly detail: string;
}

/** What follows from the end of a process: it was asked to, it is done, or it is started again. */
export function ended(table: InstanceTable, record: InstanceRecord, end: End, random: Random, turn: Turn): void {
  const { endedFor, state } = record;
  // Whoever was ended by us says less about the cause than we knew when we did it.
  const detail = endedFor === undefined || record.reason === "" ? end.detail : record.reason;
  forgetProcess(record, end.code);
  if (record.succeeds) {
    successorEnded(table, record, detail, turn);
    return;
  }
  const asked = record.wanted === "down" || (state === "stopping" && endedFor === undefined);
  if (asked) stopped(record, turn);
  else if (record.spec.kind === "job" && end.code === 0 && endedFor === undefined) turn.enter(record, "done", "");
  else restartOrNot(record, endedFor, { ...end, detail }, random, turn);
}

function forgetProcess(record: InstanceRecord, code: number | undefined): void {
  record.pid = undefined;
  record.exitCode = code;
  record.killAt = undefined;
  record.endedFor = undefined;
  record.heardAt = undefined;
  record.stuckSince = undefined;
  record.overMemorySince = undefined;
  record.health = NEW_HEALTH;
}

function stopped(record: InstanceRecord, turn: Turn): void {
  record.nextStartAt = undefined;
  record.restartWanted = false;
  record.attempts = 0;
  turn.enter(record, record.wanted === "up" ? "pending" : "stopped", "");
}

function restartOrNot(record: InstanceRecord, endedFor: Cause | undefined, end: End, random: Random, turn: Turn): void {
  const { code, detail } = end;
  const stable = record.readyAt !== undefined && turn.now.monotonic - record.readyAt >= STABLE_AFTER_MS;
  const attempts = (stable ? 0 : record.attempts) + 1;
  const decision = decideRestart(endedFor === undefined ? code : undefined, attempts, random);
  const cause: Cause = endedFor ?? (decision.kind === "wait" ? "dependency" : "crash");
  record.restarts[cause] += 1;
  record.readyAt = undefined;
  if (decision.kind === "fail") turn.enter(record, "failed", detail);
  else if (decision.kind === "quarantine") {
    turn.enter(record, "quarantined", `ended ${attempts} times in a row, last: ${detail}`);
  } else {
    if (decision.kind === "restart") record.attempts = attempts;
    record.nextStartAt = turn.now.monotonic + decision.delayMs;
    turn.enter(record, "pending", detail);
  }
}
