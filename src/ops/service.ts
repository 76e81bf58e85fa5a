import type { ProbeSpec } from "./probe.ts";

/** A thing that runs as part of the stack. */
export interface ServiceSpec {
  /** `worker` */
  readonly name: string;
  readonly kind: ServiceKind;
  /** How many instances run. Only scalable services may have other than one. */
  readonly count: number;
  readonly scalable: boolean;
  readonly needs: readonly Need[];
  readonly stopSignal: "SIGTERM" | "SIGINT";
  /** Between the stop signal and SIGKILL. */
  readonly stopGraceMs: number;
  /** From the start of the process to its first ready. */
  readonly startTimeoutMs: number;
  /** What is asked of it from outside, beside its own beats. A server is judged by these alone. */
  readonly probes: readonly ProbeSpec[];
  /** Resident memory beyond which it is ended in good order and started anew; undefined: as much as there is. */
  readonly memoryLimitBytes?: number;
}

/**
 * `daemon`: ours, beats over its control socket. `server`: somebody else's, probed from outside.
 * `job`: runs once; a clean end satisfies `done`.
 */
export type ServiceKind = "daemon" | "server" | "job";

/** A condition over another service's present state. It re-arms: it is asked again at every start. */
export interface Need {
  readonly service: string;
  readonly condition: "ready" | "done";
}

export type InstanceState =
  | "pending"
  | "starting"
  | "ready"
  | "degraded"
  | "hung"
  | "stopping"
  | "stopped"
  | "failed"
  | "quarantined"
  | "done";

/** Why an instance ended or was ended. Restarts are counted for each. */
export type Cause = "crash" | "hang" | "probe" | "memory" | "dependency";

/** The states in which there is, or may be, a process. */
export const LIVE_STATES: readonly InstanceState[] = ["starting", "ready", "degraded", "hung", "stopping"];

export const isLive = (state: InstanceState) => LIVE_STATES.includes(state);
/** Serves: a degraded instance still does its work, slowly. */
export const isServing = (state: InstanceState) => state === "ready" || state === "degraded";

/** Names of a service's instances: `api`, or `worker-1`, `worker-2` where there may be several. */
export function instanceName(spec: ServiceSpec, index: number): string {
  return spec.scalable ? `${spec.name}-${index}` : spec.name;
}
