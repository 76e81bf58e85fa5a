import { BEAT_THRESHOLDS, type HealthRecord, NEW_HEALTH, observeHealth } from "./health.ts";
import type { InstanceRecord } from "./instance.ts";
import { type Evidence, type ProbeAnswer, type ProbePurpose, wordsOf } from "./probe.ts";
import { type Cause, isServing } from "./service.ts";
import type { BeatSample } from "./supervision-events.ts";
import type { Turn } from "./turn.ts";

/** Silence of this length is a hang: six beats missed. */
export const HUNG_AFTER_MS = 1_500;
/** After this much silence the kernel is asked whether the process was stopped (SIGSTOP): that needs no patience. */
const ASK_AFTER_MS = 700;
/** A hung process that is given this long may come back by itself; a stopped one (SIGSTOP) is not waited for. */
const HUNG_GRACE_MS = 8_000;
/** A beat that says the loop stood still this long is not a healthy one. */
const UNHEALTHY_LAG_MS = 750;
/** Work that stands still this long after it was called overdue, with nothing else to blame, is a hang. */
export const STUCK_GRACE_MS = 5_000;
/** A peak of memory this short may be one large answer; the collector comes soon after. */
export const MEMORY_GRACE_MS = 3_000;
/** SIGKILL is repeated while the process is still there. */
const KILL_AGAIN_MS = 1_000;

/** What a process says of itself: ready, its event loop, its work, what it depends on, its memory. */
export function takeBeat(record: InstanceRecord, beat: BeatSample, turn: Turn): void {
  record.heardAt = turn.now.monotonic;
  record.buildHash = beat.buildHash;
  record.saysReady = beat.ready;
  if (record.state === "stopping") return;
  if (record.state === "hung") cameBack(record, turn);
  const standing = [beat.trouble, beat.overdue].filter((text) => text !== "").join("; ");
  const slow = beat.lagMs > UNHEALTHY_LAG_MS;
  const status = standing === "" ? (slow ? "late" : "well") : "overdue";
  const evidence = { look: "beat", status, excerpt: standing, latencyMs: beat.lagMs };
  if (record.state === "starting") {
    becomeReadyWhenAllAgree(record, evidence, turn);
    return;
  }
  const words = standing || `event loop stood still for ${Math.round(beat.lagMs)} ms`;
  record.health = observeHealth(record.health, { healthy: status === "well", words }, BEAT_THRESHOLDS);
  // What stands still now, not what did first.
  if (record.health.verdict === "unhealthy" && standing !== "") record.health = { ...record.health, words };
  settle(record, evidence, turn);
  judgeWork(record, beat, evidence, turn);
  judgeMemory(record, beat, evidence, turn);
}

/** The answer to one of its service's probes. Of a server it is also the sign of life that others beat. */
export function takeProbe(record: InstanceRecord, index: number, answer: ProbeAnswer, turn: Turn): void {
  const spec = record.spec.probes[index];
  if (!spec) return;
  const { healthy, status, excerpt, latencyMs } = answer;
  const isServer = record.spec.kind === "server";
  if (healthy && isServer) record.heardAt = turn.now.monotonic;
  if (record.state === "stopping") return;
  const evidence = { look: spec.name, status, excerpt, latencyMs };
  const words = wordsOf(evidence);
  if (record.state === "starting") {
    // Nothing has to be well yet: the time that the start may take is its only bound.
    record.probes[index] = healthy ? observeHealth(NEW_HEALTH, { healthy, words }, spec) : NEW_HEALTH;
    if (healthy) becomeReadyWhenAllAgree(record, evidence, turn);
    else Object.assign(record, { reason: words, evidence });
    return;
  }
  if (record.state === "hung" && healthy && isServer) cameBack(record, turn);
  const health = observeHealth(record.probes[index] ?? NEW_HEALTH, { healthy, words }, spec);
  record.probes[index] = health;
  if (spec.purpose !== "liveness") settle(record, evidence, turn);
  else if (health.verdict === "unhealthy" && isServing(record.state))
    endInOrder(record, "probe", words, evidence, turn);
}

/** Whether all that has to be well before anything else is asked was well once. */
export function hasStartedUp(record: InstanceRecord): boolean {
  return record.adopted || judged(record, "startup").every(({ verdict }) => verdict === "healthy");
}

const judged = ({ spec, probes }: InstanceRecord, purpose: ProbePurpose): readonly HealthRecord[] =>
  probes.filter((_health, index) => spec.probes[index]?.purpose === purpose);

function becomeReadyWhenAllAgree(record: InstanceRecord, evidence: Evidence, turn: Turn): void {
  if (!record.saysReady || !hasStartedUp(record)) return;
  // What ran before this supervisor did may be degraded, but it has started. What takes a place is not asked yet.
  const isAsked = !record.succeeds && (!record.adopted || record.spec.kind === "server");
  if (isAsked && judged(record, "readiness").some(({ verdict }) => verdict !== "healthy")) return;
  record.readyAt = turn.now.monotonic;
  record.health = NEW_HEALTH;
  turn.enter(record, "ready", "", evidence);
}

/** What was seen before the silence counts no more: it is well again after as many good looks as any other. */
function cameBack(record: InstanceRecord, turn: Turn): void {
  const words = "came back after a silence";
  const silent: HealthRecord = { ...NEW_HEALTH, verdict: "unhealthy", words };
  const { kind, probes } = record.spec;
  if (kind !== "server") record.health = silent;
  else record.probes = record.probes.map((known, index) => (probes[index]?.purpose === "readiness" ? silent : known));
  turn.enter(record, "degraded", words);
}

/** Degraded while any look says so, ready again when none does. */
function settle(record: InstanceRecord, evidence: Evidence, turn: Turn): void {
  const looks = [...(record.spec.kind === "server" ? [] : [record.health]), ...judged(record, "readiness")];
  const reason = looks.flatMap(({ verdict, words }) => (verdict === "unhealthy" ? [words] : [])).join("; ");
  if (reason !== "") {
    if (record.state === "ready" || (record.state === "degraded" && record.reason !== reason))
      turn.enter(record, "degraded", reason, evidence);
  } else if (record.state === "degraded") turn.enter(record, "ready", "", evidence);
}

/** Calls a silent process hung. */
export function watchSilence(record: InstanceRecord, turn: Turn, isStopped: (process: string) => boolean): void {
  if (record.spec.kind === "job") return;
  const silentMs = turn.now.monotonic - (record.heardAt ?? record.startedAt);
  const limitMs = record.spec.kind === "server" ? HUNG_AFTER_MS * 4 : HUNG_AFTER_MS;
  const stopped = silentMs >= ASK_AFTER_MS && silentMs < limitMs && isStopped(record.key);
  if (silentMs < limitMs && !stopped) return;
  const excerpt = stopped ? "stopped by a signal" : "";
  const look = record.spec.kind === "server" ? "probe" : "beat";
  const evidence = { look, status: "silent", excerpt, latencyMs: Math.round(silentMs) };
  turn.enter(record, "hung", `silent for ${Math.round(silentMs)} ms${excerpt && `, ${excerpt}`}`, evidence);
}

/** Ends a hung process: at once when it was stopped, else when its grace is over. */
export function endHung(record: InstanceRecord, turn: Turn, isStopped: (process: string) => boolean): void {
  const silentMs = turn.now.monotonic - (record.heardAt ?? record.startedAt);
  if (!isStopped(record.key) && silentMs < HUNG_AFTER_MS + HUNG_GRACE_MS) return;
  endAtOnce(record, "hang", record.reason, turn);
}

export function boundStart(record: InstanceRecord, turn: Turn): void {
  if (turn.now.monotonic - record.startedAt < record.spec.startTimeoutMs) return;
  const seen = record.reason === "" ? "" : `, last seen: ${record.reason}`;
  endAtOnce(record, "probe", `not ready within ${record.spec.startTimeoutMs} ms${seen}`, turn);
}

export function killWhenOverdue(record: InstanceRecord, turn: Turn): void {
  if (record.killAt === undefined || turn.now.monotonic < record.killAt) return;
  turn.signal(record, "SIGKILL", KILL_AGAIN_MS);
}

/** A loop that turns over work that stands still is a hang too, unless a dependency is what it waits for. */
function judgeWork(
  record: InstanceRecord,
  { stuck, trouble, overdue }: BeatSample,
  evidence: Evidence,
  turn: Turn,
): void {
  const { monotonic } = turn.now;
  record.stuckSince = stuck && trouble === "" ? (record.stuckSince ?? monotonic) : undefined;
  if (record.stuckSince === undefined || monotonic - record.stuckSince < STUCK_GRACE_MS) return;
  endInOrder(record, "hang", `${overdue}, although its event loop turns`, evidence, turn);
}

function judgeMemory(record: InstanceRecord, { rssBytes }: BeatSample, beat: Evidence, turn: Turn): void {
  const limit = record.spec.memoryLimitBytes;
  const { monotonic } = turn.now;
  const over = limit !== undefined && rssBytes > limit;
  record.overMemorySince = over ? (record.overMemorySince ?? monotonic) : undefined;
  if (record.overMemorySince === undefined || monotonic - record.overMemorySince < MEMORY_GRACE_MS) return;
  const words = `uses ${megabytes(rssBytes)} of memory, its limit is ${megabytes(limit!)}`;
  endInOrder(record, "memory", words, { ...beat, status: "memory", excerpt: words }, turn);
}

/** Ends a process that does not do what it should. No grace: it was asked long enough, or cannot hear. */
function endAtOnce(record: InstanceRecord, cause: Cause, reason: string, turn: Turn): void {
  const { evidence } = record;
  record.endedFor = cause;
  turn.signal(record, "SIGKILL", KILL_AGAIN_MS);
  turn.enter(record, "stopping", reason, evidence);
}

/** Ends a process that can still hear: it may give back what it holds. */
function endInOrder(record: InstanceRecord, cause: Cause, reason: string, evidence: Evidence, turn: Turn): void {
  if (record.state === "stopping") return;
  record.endedFor = cause;
  turn.signal(record, record.spec.stopSignal, record.spec.stopGraceMs);
  turn.enter(record, "stopping", reason, evidence);
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
