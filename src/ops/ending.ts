import type { Random } from "../core/random.ts";
import { NEW_HEALTH } from "./health.ts";
import type { InstanceRecord } from "./instance.ts";
import type { InstanceTable } from "./instance-table.ts";
import type { Evidence } from "./probe.ts";
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
  const { endedFor, state, evidence } = record;
  // Whoever was ended by us says less about the cause than we knew when we did it.
  const byUs = endedFor !== undefined && record.reason !== "";
  const detail = byUs ? record.reason : end.detail;
  const last = byUs ? (evidence ?? exitOf(end)) : exitOf(end);
  forgetProcess(record, end.code);
  if (record.succeeds) {
    successorEnded(table, record, detail, turn);
    return;
  }
  const asked = record.wanted === "down" || (state === "stopping" && endedFor === undefined);
  if (asked) stopped(record, turn, last);
  else if (record.spec.kind === "job" && end.code === 0 && endedFor === undefined) turn.enter(record, "done", "", last);
  else restartOrNot(record, { ...end, detail }, { endedFor, evidence: last }, random, turn);
}

/** A stable time wipes the slate: what ended before it has nothing to do with what ends after. */
export function clearWhenStable(record: InstanceRecord, turn: Turn): void {
  if (record.attempts === 0 || !isStable(record, turn)) return;
  record.attempts = 0;
  turn.emit(record);
}

const isStable = ({ readyAt }: InstanceRecord, { now }: Turn) =>
  readyAt !== undefined && now.monotonic - readyAt >= STABLE_AFTER_MS;

function exitOf({ code, detail }: End): Evidence {
  return { look: "process", status: code === undefined ? "signal" : `exit ${code}`, excerpt: detail, latencyMs: null };
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
  record.probes = record.spec.probes.map(() => NEW_HEALTH);
  record.saysReady = record.spec.kind === "server";
  record.adopted = false;
}

function stopped(record: InstanceRecord, turn: Turn, evidence: Evidence): void {
  record.nextStartAt = undefined;
  record.restartWanted = false;
  record.attempts = 0;
  turn.enter(record, record.wanted === "up" ? "pending" : "stopped", "", evidence);
}

function restartOrNot(
  record: InstanceRecord,
  { code, detail }: End,
  { endedFor, evidence }: { readonly endedFor: Cause | undefined; readonly evidence: Evidence },
  random: Random,
  turn: Turn,
): void {
  const attempts = (isStable(record, turn) ? 0 : record.attempts) + 1;
  const decision = decideRestart(endedFor === undefined ? code : undefined, attempts, random);
  const cause: Cause = endedFor ?? (decision.kind === "wait" ? "dependency" : "crash");
  record.restarts[cause] += 1;
  record.readyAt = undefined;
  if (decision.kind !== "wait" && decision.kind !== "fail") record.attempts = attempts;
  if (decision.kind === "fail") turn.enter(record, "failed", detail, evidence);
  else if (decision.kind === "quarantine") {
    turn.enter(record, "quarantined", `ended ${attempts} times in a row, last: ${detail}`, evidence);
  } else {
    record.nextStartAt = turn.now.monotonic + decision.delayMs;
    turn.enter(record, "pending", detail, evidence);
  }
}
