import type { HealthRecord } from "./health.ts";

/**
 * A question that the supervisor asks an instance from outside, beside what the instance says of itself.
 * `startup`: until it is answered well once the start is not over, and nothing else is asked. `readiness`: while it is
 * answered badly the instance is degraded. `liveness`: answered badly for too long, the instance is started anew.
 */
export interface ProbeSpec {
  /** As it is shown: `readiness http /healthz`. */
  readonly name: string;
  readonly purpose: ProbePurpose;
  readonly check: ProbeCheck;
  /** Between two looks while all is well. */
  readonly everyMs: number;
  /** An answer that takes longer is none. */
  readonly timeoutMs: number;
  /** Good looks in a row that end a bad time, and bad looks in a row that begin one. */
  readonly good: number;
  readonly bad: number;
}

export const PROBE_PURPOSES = ["startup", "readiness", "liveness"] as const;
export type ProbePurpose = (typeof PROBE_PURPOSES)[number];

export type ProbeCheck =
  /** GET; well is 200 to 399. A path is of the address that the instance published. */
  | { readonly kind: "http"; readonly target: string }
  /** Well is a connection: `HOST:PORT`. */
  | { readonly kind: "tcp"; readonly address: string }
  /** Well is exit 0. The program is told TTT_HOME, TTT_INSTANCE and TTT_PID. */
  | { readonly kind: "exec"; readonly command: readonly string[] }
  /** Our own PostgreSQL accepts clients. */
  | { readonly kind: "postgres" };

/** What one look saw. Kept with the change of state that it led to. */
export interface Evidence {
  /** Who or what looked: `readiness http /healthz`, `beat`, `process`. */
  readonly look: string;
  /** `200`, `refused`, `timeout`, `exit 1`, `overdue` … */
  readonly status: string;
  /** The first words of the answer. */
  readonly excerpt: string;
  readonly latencyMs: number | null;
}

export interface ProbeAnswer extends Omit<Evidence, "look"> {
  readonly healthy: boolean;
  readonly latencyMs: number;
}

const DEFAULTS = { everyMs: 2_000, timeoutMs: 1_000, good: 4, bad: 3 } as const;
/** A program that is started costs more than a request. */
const EXEC_EVERY_MS = 10_000;

export type ProbeRhythm = Partial<Pick<ProbeSpec, "everyMs" | "timeoutMs" | "good" | "bad">>;

/** A probe with its name, and what was left open filled in. */
export function probe(purpose: ProbePurpose, check: ProbeCheck, rhythm: ProbeRhythm = {}): ProbeSpec {
  const everyMs = check.kind === "exec" ? EXEC_EVERY_MS : DEFAULTS.everyMs;
  return { name: `${purpose} ${subjectOf(check)}`, purpose, check, ...DEFAULTS, everyMs, ...rhythm };
}

/** What is said of a bad answer, without what differs from one look to the next. */
export function wordsOf({ look, status, excerpt }: Evidence): string {
  return `${look}: ${status}${excerpt && `, ${excerpt}`}`;
}

/** Milliseconds until the next look: fast until it is ready, slow when all is well, ten times faster when in doubt. */
export function probePace(spec: ProbeSpec, health: HealthRecord, isStarting: boolean): number {
  if (isStarting && health.verdict !== "healthy") return Math.max(FASTEST_MS, spec.everyMs / 40);
  const isWell = health.verdict === "healthy" && health.bad === 0;
  return isWell ? spec.everyMs : Math.max(FASTEST_MS, spec.everyMs / 10);
}

const FASTEST_MS = 50;

function subjectOf(check: ProbeCheck): string {
  switch (check.kind) {
    case "http":
      return `http ${check.target}`;
    case "tcp":
      return `tcp ${check.address}`;
    case "exec":
      return `exec ${check.command.join(" ")}`;
    case "postgres":
      return "postgres";
  }
}
