import type { MetricReading, MetricSample } from "./metric-sample.ts";
import { quantileOf } from "./metric-sample.ts";

export type Severity = "critical" | "warning" | "info";

/** Something that wants a person's attention. */
export interface Alert {
  readonly name: string;
  readonly severity: Severity;
  readonly summary: string;
  /** What to type next. */
  readonly try: string;
  /** Since when, milliseconds since the epoch; null when only this moment is known. */
  readonly since: number | null;
  readonly labels: Readonly<Record<string, string>>;
}

export const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

/** Half the life of a venue's dead-man's switch: refreshed every quarter, it never gets there. */
const DEAD_MAN_LEAST_S = 30;
const DRILL_DAYS = 30;
const DAY_S = 86_400;

interface Condition {
  readonly name: string;
  readonly severity: Severity;
  readonly find: (now: Figures) => readonly Finding[];
  readonly try: string;
}
type Finding = { readonly summary: string; readonly labels: Readonly<Record<string, string>> };

/**
 * The conditions of compose/prometheus/rules as they can be seen at one moment, without Prometheus: for whoever has
 * none, or when it is down itself. What Prometheus sees over time (rates) is seen here since the daemon's start.
 */
const CONDITIONS: readonly Condition[] = [
  {
    name: "DaemonDown",
    severity: "critical",
    try: "ttt status",
    find: ({ silent }) =>
      silent.map(({ instance, reason }) => ({
        summary: `${instance} does not answer: ${reason}`,
        labels: { instance },
      })),
  },
  above(
    "PermitAge",
    "critical",
    "ttt kill status",
    "ttt_permit_age_seconds",
    ({ first }) => first("ttt_permit_life_seconds") ?? 2,
    (one) => `${one.instance} has no permit: the last one is ${seconds(one)} old`,
  ),
  {
    name: "EpochDisagreement",
    severity: "critical",
    try: "ttt kill status",
    find: ({ all }) => {
      const epochs = all("ttt_kill_epoch").map(({ value }) => value);
      const apart = epochs.length > 0 && Math.max(...epochs) > Math.min(...epochs);
      return apart ? [{ summary: "Not every process acts under the same epoch of the kill switch", labels: {} }] : [];
    },
  },
  above(
    "KillUnacknowledged",
    "critical",
    "ttt kill status",
    "ttt_kill_unacknowledged_seconds",
    () => 2,
    (one) => `A worker has not confirmed the kill switch for ${seconds(one)}`,
  ),
  above(
    "TradingBlocked",
    "warning",
    "ttt kill status",
    "ttt_trading_blocked",
    () => 0,
    (one) => `${one.labels.partition} takes no new risk`,
  ),
  {
    name: "DeadMansSwitchLapses",
    severity: "warning",
    try: "ttt kill status",
    find: ({ all }) =>
      all("ttt_dead_man_seconds")
        .filter(({ value }) => value < DEAD_MAN_LEAST_S)
        .map((one) => ({
          summary: `The venue withdraws the orders of ${one.labels.partition} in ${seconds(one)}`,
          labels: { instance: one.instance, ...one.labels },
        })),
  },
  above(
    "UnresolvedOrders",
    "critical",
    "ttt logs worker",
    "ttt_orders_unresolved",
    () => 0,
    (one) => `${one.value} orders of ${one.labels.partition} are unaccounted for`,
  ),
  above(
    "StaleFeed",
    "warning",
    "ttt logs paper-venue",
    "ttt_market_tick_age_seconds",
    () => 30,
    (one) => `${one.labels.instrument} is silent for ${seconds(one)}`,
  ),
  {
    name: "CrashLoop",
    severity: "critical",
    try: "ttt status",
    find: ({ all }) =>
      all("ttt_service_state")
        .filter(({ labels }) => labels.state === "quarantined" || labels.state === "failed")
        .map(({ labels }) => ({ summary: `${labels.daemon} does not stay up`, labels })),
  },
  {
    name: "Hung",
    severity: "critical",
    try: "ttt status",
    find: ({ all }) =>
      all("ttt_service_state")
        .filter(({ labels }) => labels.state === "hung")
        .map(({ labels }) => ({ summary: `${labels.daemon} hangs`, labels })),
  },
  {
    name: "Degraded",
    severity: "warning",
    try: "ttt status",
    find: ({ all }) =>
      all("ttt_service_state")
        .filter(({ labels }) => labels.state === "degraded")
        .map(({ labels }) => ({ summary: `${labels.daemon} is degraded`, labels })),
  },
  above(
    "EventLoopLag",
    "warning",
    "ttt status",
    "ttt_event_loop_lag_seconds",
    () => 0.5,
    (one) => `${one.instance} stalls for ${seconds(one)}`,
  ),
  above(
    "JobBacklog",
    "warning",
    "ttt scale backtester=4",
    "ttt_job_oldest_waiting_seconds",
    () => 60,
    () => "Backtests wait",
  ),
  {
    name: "ErrorRate",
    severity: "critical",
    try: "ttt logs api --level error",
    find: ({ all }) => {
      const requests = all("ttt_http_requests_total");
      const failed = sum(requests.filter(({ labels }) => /^5/.test(labels.status ?? "")));
      const part = failed / sum(requests);
      return part > 0.05 ? [{ summary: `${(part * 100).toFixed(1)}% of the API's requests failed`, labels: {} }] : [];
    },
  },
  {
    name: "Latency",
    severity: "warning",
    try: "ttt status",
    find: ({ all }) => {
      const buckets = Map.groupBy(all("ttt_http_request_duration_seconds_bucket"), ({ labels }) => labels.le ?? "");
      const counts = [...buckets].map(([le, samples]) => ({
        le: le === "+Inf" ? Infinity : Number(le),
        count: sum(samples),
      }));
      const p95 = quantileOf(counts, 0.95);
      return p95 > 0.2 ? [{ summary: `The API's 95th percentile is ${Math.round(p95 * 1000)} ms`, labels: {} }] : [];
    },
  },
  {
    name: "RedisMemory",
    severity: "warning",
    try: "redis-cli --bigkeys",
    find: ({ first }) => {
      const part = (first("ttt_redis_memory_used_bytes") ?? 0) / (first("ttt_redis_memory_limit_bytes") ?? 1);
      return part > 0.8 ? [{ summary: `Redis uses ${(part * 100).toFixed(0)}% of its memory`, labels: {} }] : [];
    },
  },
  above(
    "DrillOverdue",
    "warning",
    "ttt kill drill",
    "ttt_kill_drill_age_seconds",
    () => DRILL_DAYS * DAY_S,
    (one) => `The kill switch was last used ${Math.floor(one.value / DAY_S)} days ago`,
  ),
];

/** Names and severities of what `judge` can see. */
export const KNOWN_ALERTS: ReadonlyMap<string, Severity> = new Map(
  CONDITIONS.map(({ name, severity }) => [name, severity]),
);

/** What the figures of this moment complain about, worst first. */
export function judge(reading: MetricReading): Alert[] {
  const figures = new Figures(reading);
  return byUrgency(
    CONDITIONS.flatMap(({ name, severity, find, try: next }) =>
      find(figures).map((finding) => ({ name, severity, try: next, since: null, ...finding })),
    ),
  );
}

/** Worst first, then by name. */
export function byUrgency(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.name < b.name ? -1 : 1),
  );
}

class Figures {
  readonly silent: MetricReading["silent"];
  readonly #samples: ReadonlyMap<string, readonly MetricSample[]>;

  constructor({ samples, silent }: MetricReading) {
    this.silent = silent;
    this.#samples = Map.groupBy(samples, ({ name }) => name);
  }

  readonly all = (name: string): readonly MetricSample[] => this.#samples.get(name) ?? [];
  readonly first = (name: string): number | undefined => this.all(name)[0]?.value;
}

function above(
  name: string,
  severity: Severity,
  next: string,
  metric: string,
  limit: (figures: Figures) => number,
  summary: (sample: MetricSample) => string,
): Condition {
  return {
    name,
    severity,
    try: next,
    find: (figures) =>
      figures
        .all(metric)
        .filter(({ value }) => value > limit(figures))
        .map((sample) => ({ summary: summary(sample), labels: { instance: sample.instance, ...sample.labels } })),
  };
}

const sum = (samples: readonly MetricSample[]) => samples.reduce((total, { value }) => total + value, 0);
const seconds = ({ value }: MetricSample) => `${value.toFixed(1)} s`;
