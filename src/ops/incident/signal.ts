import type { IncidentSeverity } from "./incident.ts";

/** A machine's word that something is wrong, or no longer is: an alert, a service that is given up. */
export interface Signal {
  /** The same thing has the same fingerprint, whenever it is reported. */
  readonly fingerprint: string;
  readonly name: string;
  readonly status: "firing" | "ended";
  readonly severity: IncidentSeverity;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: number;
  readonly endsAt?: number;
  readonly links: readonly string[];
  readonly runbook?: string;
  /** What to type first. */
  readonly try?: string;
}

/** Alerts that say of one service what its supervisor says too: one incident, not two. */
const ABOUT_A_SERVICE: ReadonlySet<string> = new Set(["CrashLoop", "DaemonDown", "Hung", "ServiceFailed"]);

/** By what an open incident about the same thing is found: the signal itself, its group, the service it is about. */
export function keysOf(signal: Signal, group?: string): string[] {
  const { daemon, instance } = signal.labels;
  const service = daemon ?? instance;
  return [
    `signal:${signal.fingerprint}`,
    ...(group === undefined ? [] : [`group:${group}`]),
    ...(service !== undefined && ABOUT_A_SERVICE.has(signal.name) ? [`service:${service}`] : []),
  ];
}

const SEVERITY_OF_ALERT: Readonly<Record<string, IncidentSeverity>> = {
  critical: "sev1",
  error: "sev2",
  warning: "sev3",
  info: "sev4",
};

/** An alert that does not say how bad it is gets a look, and wakes nobody. */
export const severityOfAlert = (label: string | undefined): IncidentSeverity =>
  SEVERITY_OF_ALERT[label ?? ""] ?? "sev3";

/** Which runbook helps, by the name of the alert. The rule itself may say better, in its annotation `runbook`. */
const RUNBOOKS: Readonly<Record<string, string>> = {
  ErrorRate: "api-500s",
  Latency: "high-latency",
  DaemonDown: "health-verification",
  SupervisorMissing: "health-verification",
  CrashLoop: "worker-crash",
  Hung: "health-verification",
  EventLoopLag: "high-latency",
  JobBacklog: "scale-workers",
  RedisMemory: "redis-memory",
  StaleFeed: "health-verification",
  PermitAge: "kill-and-rearm",
  EpochDisagreement: "kill-and-rearm",
  KillUnacknowledged: "kill-and-rearm",
  TradingBlocked: "kill-and-rearm",
  UnresolvedOrders: "incident-response",
  RejectStorm: "incident-response",
  DrillOverdue: "kill-and-rearm",
};

export const runbookFor = (alert: string): string => RUNBOOKS[alert] ?? "incident-response";
