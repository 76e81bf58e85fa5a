import type { InstanceView } from "./instance.ts";

/** Everything about the stack at one moment. */
export interface StackSnapshot {
  readonly home: string;
  readonly profile: "embedded" | "services";
  readonly phase: StackPhase;
  readonly supervisor: { readonly pid: number; readonly startedAt: number; readonly buildHash: string };
  /** In the order of the stack. */
  readonly instances: readonly InstanceView[];
}

/** The supervisor as the machine shows it, whether or not it answers. */
export interface SupervisorProcess {
  readonly pid: number;
  readonly startTime: string;
  /** Stopped by a signal: it will not answer before somebody continues it. */
  readonly isStopped: boolean;
}

/** `up`: it runs, or is on its way. `stopping`: everything is being ended. */
export type StackPhase = "up" | "stopping";

/**
 * The stream of the supervisor: a snapshot first, then what changes, numbered without gaps. A reader that misses a
 * number asks again.
 */
export type StackEvent =
  | { readonly seq: number; readonly at: number; readonly kind: "snapshot"; readonly snapshot: StackSnapshot }
  | { readonly seq: number; readonly at: number; readonly kind: "instance"; readonly view: InstanceView }
  | { readonly seq: number; readonly at: number; readonly kind: "removed"; readonly instance: string }
  | { readonly seq: number; readonly at: number; readonly kind: "vitals"; readonly vitals: readonly Vitals[] }
  | { readonly seq: number; readonly at: number; readonly kind: "phase"; readonly phase: StackPhase };

/** Once a second, to readers that asked for them. */
export interface Vitals {
  readonly instance: string;
  readonly lagMs: number;
  readonly rssBytes: number;
  readonly progress: Readonly<Record<string, { readonly count: number; readonly ageMs: number }>>;
}

/** The snapshot after one more event. */
export function applyStackEvent(snapshot: StackSnapshot, event: StackEvent): StackSnapshot {
  switch (event.kind) {
    case "snapshot":
      return event.snapshot;
    case "phase":
      return { ...snapshot, phase: event.phase };
    case "removed":
      return { ...snapshot, instances: snapshot.instances.filter(({ instance }) => instance !== event.instance) };
    case "instance": {
      const known = snapshot.instances.some(({ instance }) => instance === event.view.instance);
      const instances = known
        ? snapshot.instances.map((one) => (one.instance === event.view.instance ? event.view : one))
        : [...snapshot.instances, event.view];
      return { ...snapshot, instances };
    }
    case "vitals":
      return snapshot;
  }
}

/** It does not become ready by itself any more. */
export const isBeyondHelp = ({ state }: InstanceView) => state === "failed" || state === "quarantined";

/** How the whole stands, for an exit code and a headline. */
export type StackVerdict =
  | { readonly kind: "healthy" }
  | { readonly kind: "starting"; readonly waiting: readonly InstanceView[] }
  | { readonly kind: "unhealthy"; readonly bad: readonly InstanceView[] };

export function judgeStack(instances: readonly InstanceView[]): StackVerdict {
  const wanted = instances.filter(({ wanted: want }) => want === "up");
  const bad = wanted.filter(({ state }) => ["failed", "quarantined", "hung", "degraded"].includes(state));
  if (bad.length > 0) return { kind: "unhealthy", bad };
  const waiting = wanted.filter(({ state }) => state !== "ready" && state !== "done");
  return waiting.length > 0 ? { kind: "starting", waiting } : { kind: "healthy" };
}
