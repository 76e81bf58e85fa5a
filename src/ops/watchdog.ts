import { NEW_HEALTH, observeHealth } from "./health.ts";
import type { InstanceRecord } from "./instance.ts";
import type { Cause } from "./service.ts";
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
  if (record.state === "stopping") return;
  if (record.state === "hung") cameBack(record, turn);
  if (record.state === "starting") {
    if (beat.ready) becomeReady(record, turn);
    return;
  }
  const slow = beat.lagMs > UNHEALTHY_LAG_MS;
  const standing = [beat.trouble, beat.overdue].filter((text) => text !== "").join("; ");
  look(record, !slow && standing === "", standing || `event loop stood still for ${Math.round(beat.lagMs)} ms`, turn);
  if (record.state === "degraded" && standing !== "" && record.reason !== standing) {
    turn.enter(record, "degraded", standing);
  }
  judgeWork(record, beat, turn);
  judgeMemory(record, beat, turn);
}

/** A look from outside at a process that does not beat. */
export function takeProbe(record: InstanceRecord, healthy: boolean, detail: string, turn: Turn): void {
  if (healthy) record.heardAt = turn.now.monotonic;
  if (record.state === "stopping") return;
  if (record.state === "hung" && healthy) cameBack(record, turn);
  if (record.state === "starting") {
    if (healthy) becomeReady(record, turn);
    else record.reason = detail;
    return;
  }
  look(record, healthy, detail, turn);
}

/** What was seen before the silence counts no more: it is well again after as many good looks as any other. */
function cameBack(record: InstanceRecord, turn: Turn): void {
  record.health = NEW_HEALTH;
  turn.enter(record, "degraded", "came back after a silence");
}

/** Calls a silent process hung. */
export function watchSilence(record: InstanceRecord, turn: Turn, isStopped: (process: string) => boolean): void {
  if (record.spec.kind === "job") return;
  const silentMs = turn.now.monotonic - (record.heardAt ?? record.startedAt);
  const limitMs = record.spec.kind === "server" ? HUNG_AFTER_MS * 4 : HUNG_AFTER_MS;
  const stopped = silentMs >= ASK_AFTER_MS && silentMs < limitMs && isStopped(record.key);
  if (silentMs < limitMs && !stopped) return;
  turn.enter(record, "hung", `silent for ${Math.round(silentMs)} ms${stopped ? ", stopped by a signal" : ""}`);
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
function judgeWork(record: InstanceRecord, { stuck, trouble, overdue }: BeatSample, turn: Turn): void {
  const { monotonic } = turn.now;
  record.stuckSince = stuck && trouble === "" ? (record.stuckSince ?? monotonic) : undefined;
  if (record.stuckSince === undefined || monotonic - record.stuckSince < STUCK_GRACE_MS) return;
  endInOrder(record, "hang", `${overdue}, although its event loop turns`, turn);
}

function judgeMemory(record: InstanceRecord, { rssBytes }: BeatSample, turn: Turn): void {
  const limit = record.spec.memoryLimitBytes;
  const { monotonic } = turn.now;
  const over = limit !== undefined && rssBytes > limit;
  record.overMemorySince = over ? (record.overMemorySince ?? monotonic) : undefined;
  if (record.overMemorySince === undefined || monotonic - record.overMemorySince < MEMORY_GRACE_MS) return;
  endInOrder(record, "memory", `uses ${megabytes(rssBytes)} of memory, its limit is ${megabytes(limit!)}`, turn);
}

function look(record: InstanceRecord, healthy: boolean, detail: string, turn: Turn): void {
  const [health, verdict] = observeHealth(record.health, { healthy, detail });
  record.health = health;
  if (verdict === "unhealthy" && record.state === "ready") turn.enter(record, "degraded", detail);
  if (verdict === "healthy" && record.state === "degraded") turn.enter(record, "ready", "");
}

function becomeReady(record: InstanceRecord, turn: Turn): void {
  record.readyAt = turn.now.monotonic;
  record.health = NEW_HEALTH;
  turn.enter(record, "ready", "");
}

/** Ends a process that does not do what it should. No grace: it was asked long enough, or cannot hear. */
function endAtOnce(record: InstanceRecord, cause: Cause, reason: string, turn: Turn): void {
  record.endedFor = cause;
  turn.signal(record, "SIGKILL", KILL_AGAIN_MS);
  turn.enter(record, "stopping", reason);
}

/** Ends a process that can still hear: it may give back what it holds. */
function endInOrder(record: InstanceRecord, cause: Cause, reason: string, turn: Turn): void {
  if (record.state === "stopping") return;
  record.endedFor = cause;
  turn.signal(record, record.spec.stopSignal, record.spec.stopGraceMs);
  turn.enter(record, "stopping", reason);
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
