import type { Signal } from "./signal.ts";

/** sev1: money or the ability to stop trading is at risk. sev2: a service is gone. sev3: degraded. sev4: to look at. */
export const SEVERITIES = ["sev1", "sev2", "sev3", "sev4"] as const;
export type IncidentSeverity = (typeof SEVERITIES)[number];

/** Who leads, who speaks to the outside, who works on the systems, who looks after trading. */
export const INCIDENT_ROLES = ["commander", "communications", "operations", "trading"] as const;
export type IncidentRole = (typeof INCIDENT_ROLES)[number];

export const INCIDENT_STATES = ["open", "acknowledged", "mitigated", "resolved"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Who found it: a person, or a machine that watches. */
export const INCIDENT_SOURCES = ["operator", "alertmanager", "supervisor"] as const;
export type IncidentSource = (typeof INCIDENT_SOURCES)[number];

/** Something that went wrong, as it stands: what its events in the journal add up to. Times are ms since the epoch. */
export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly severity: IncidentSeverity;
  readonly state: IncidentState;
  readonly source: IncidentSource;
  readonly openedBy: string;
  readonly openedAt: number;
  /** When it began, where somebody or something says so; otherwise the timeline is asked. */
  readonly beganAt?: number;
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: string;
  readonly mitigatedAt?: number;
  readonly mitigation?: string;
  readonly resolvedAt?: number;
  readonly resolution?: string;
  readonly roles: Readonly<Partial<Record<IncidentRole, string>>>;
  /** What machines report about it, the newest word of each. */
  readonly signals: readonly Signal[];
  /** By any of these a machine's next word about the same thing finds it. */
  readonly keys: readonly string[];
  readonly links: readonly string[];
  /** Name of the runbook to follow: `workers-crash-on-start-up`. */
  readonly runbook?: string;
  /** The resolved incident about the same thing before it. */
  readonly follows?: string;
}

export const isOver = ({ state }: Pick<Incident, "state">): boolean => state === "resolved";
export const isAtLeastAsBad = (one: IncidentSeverity, than: IncidentSeverity): boolean =>
  SEVERITIES.indexOf(one) <= SEVERITIES.indexOf(than);
