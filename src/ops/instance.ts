import { type HealthRecord, NEW_HEALTH } from "./health.ts";
import type { Evidence } from "./probe.ts";
import type { Cause, InstanceState, ServiceKind, ServiceSpec } from "./service.ts";

/** What is shown of one instance: in `ttt status`, the console, the stream. Plain data. */
export interface InstanceView {
  readonly instance: string;
  /** Name of its process, which differs from `instance` after a reload. */
  readonly process: string;
  readonly service: string;
  readonly kind: ServiceKind;
  readonly state: InstanceState;
  /** When it entered the state, milliseconds since the epoch. */
  readonly since: number;
  /** Why it is in this state, in words; empty when there is nothing to say. */
  readonly reason: string;
  /** The look that led into this state; null when none did. */
  readonly evidence: Evidence | null;
  readonly wanted: "up" | "down";
  /** On its way out: scaled away, or another takes its place. */
  readonly leaving: boolean;
  readonly pid: number | null;
  /** Grows with every start. */
  readonly generation: number;
  /** How often it ended against our will, by cause. */
  readonly restarts: Readonly<Record<Cause, number>>;
  /** How often in a row without being stable in between; too often is a crash loop. */
  readonly endsInARow: number;
  /** When the next start is due, or null. */
  readonly nextStartAt: number | null;
  /** What comes next by time alone, and when, milliseconds since the epoch; null when nothing does. */
  readonly due: { readonly what: "starts again" | "has to be ready" | "is killed"; readonly at: number } | null;
  /** Whom it waits for before it can start, and what was last seen there; null when it does not wait. */
  readonly waitsFor: { readonly service: string; readonly condition: string; readonly evidence: string } | null;
  /** From the start of the process to ready, of the present generation. */
  readonly readyAfterMs: number | null;
  readonly buildHash: string | null;
  /** With which code it last ended, or null. */
  readonly exitCode: number | null;
  /** What to type next when it needs a person; empty otherwise. */
  readonly hint: string;
}

/** The supervisor's own knowledge of one instance. Times ending in `At` are monotonic, but for `since`. */
export interface InstanceRecord {
  name: string;
  /** Name of its process: the instance's own, or that with the mark of a second one that took its place. */
  key: string;
  readonly index: number;
  readonly spec: ServiceSpec;
  state: InstanceState;
  since: number;
  reason: string;
  evidence: Evidence | null;
  wanted: "up" | "down";
  /** Stop it, then start it again. */
  restartWanted: boolean;
  /** Leave the table once it is stopped: scaled away. */
  leaving: boolean;
  pid: number | undefined;
  generation: number;
  startedAt: number;
  readyAt: number | undefined;
  /** When it was last heard of: a beat, or a good probe. */
  heardAt: number | undefined;
  /** Since when its work stands still with nothing else to blame. */
  stuckSince: number | undefined;
  /** Since when it uses more memory than it may. */
  overMemorySince: number | undefined;
  nextStartAt: number | undefined;
  killAt: number | undefined;
  waitsFor: InstanceView["waitsFor"];
  /** Set when we end it against its will; the exit that follows counts for this. */
  endedFor: Cause | undefined;
  /** Ends without a stable time between them. */
  attempts: number;
  restarts: Record<Cause, number>;
  /** Of its beats. */
  health: HealthRecord;
  /** Of its probes, in the order of its spec. */
  probes: HealthRecord[];
  /** Ready by its own word. A server has none: its probes speak for it. */
  saysReady: boolean;
  /** It ran already when this supervisor came: what it is asked from outside does not hold up that it is ready. */
  adopted: boolean;
  buildHash: string | undefined;
  exitCode: number | undefined;
  /** Set while it runs beside the one that it is to replace. */
  succeeds: Succession | undefined;
}

interface Succession {
  readonly target: InstanceRecord;
  readonly expectedBuild: string;
  /** Why it must go again although it runs. */
  rejectedFor?: string;
}

export function newInstance(spec: ServiceSpec, name: string, index: number, wallNow: number): InstanceRecord {
  return {
    name,
    key: name,
    index,
    spec,
    state: "pending",
    since: wallNow,
    reason: "",
    evidence: null,
    wanted: "up",
    restartWanted: false,
    leaving: false,
    pid: undefined,
    generation: 0,
    startedAt: 0,
    readyAt: undefined,
    heardAt: undefined,
    stuckSince: undefined,
    overMemorySince: undefined,
    nextStartAt: undefined,
    killAt: undefined,
    waitsFor: null,
    endedFor: undefined,
    attempts: 0,
    restarts: { crash: 0, hang: 0, probe: 0, memory: 0, dependency: 0 },
    health: NEW_HEALTH,
    probes: spec.probes.map(() => NEW_HEALTH),
    saysReady: spec.kind === "server",
    adopted: false,
    buildHash: undefined,
    exitCode: undefined,
    succeeds: undefined,
  };
}

export function viewOf(record: InstanceRecord, now: { wall: number; monotonic: number }): InstanceView {
  const { name, spec, state, since, reason, evidence, wanted, leaving, generation, restarts, waitsFor } = record;
  const wallOf = (monotonic: number) => Math.round(now.wall + (monotonic - now.monotonic));
  return {
    instance: name,
    process: record.key,
    service: spec.name,
    kind: spec.kind,
    state,
    since,
    reason,
    evidence,
    wanted,
    leaving,
    pid: record.pid ?? null,
    generation,
    restarts: { ...restarts },
    endsInARow: record.attempts,
    nextStartAt: record.nextStartAt === undefined ? null : wallOf(record.nextStartAt),
    due: dueOf(record, wallOf),
    waitsFor,
    readyAfterMs: record.readyAt === undefined ? null : Math.round(record.readyAt - record.startedAt),
    buildHash: record.buildHash ?? null,
    exitCode: record.exitCode ?? null,
    hint: hintFor(record),
  };
}

function dueOf(record: InstanceRecord, wallOf: (monotonic: number) => number): InstanceView["due"] {
  const { state, nextStartAt, startedAt, spec, killAt } = record;
  if (state === "pending" && nextStartAt !== undefined) return { what: "starts again", at: wallOf(nextStartAt) };
  if (state === "starting") return { what: "has to be ready", at: wallOf(startedAt + spec.startTimeoutMs) };
  if (state === "stopping" && killAt !== undefined) return { what: "is killed", at: wallOf(killAt) };
  return null;
}

function hintFor({ state, name, waitsFor }: InstanceRecord): string {
  // Nothing is wrong with it: what it needs is.
  if (state === "failed" && waitsFor !== null)
    return `starts by itself when ${waitsFor.service} is ${waitsFor.condition}`;
  if (state === "quarantined" || state === "failed") return `ttt logs ${name}, mend the cause, then: ttt start ${name}`;
  return "";
}
