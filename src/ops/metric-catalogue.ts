/**
 * Every metric of ttt: its name, type, help and labels, and which services show it. Names are `ttt_noun_unit`; what
 * every Prometheus client calls `process_...` and `nodejs_...` keeps that name, so that ready-made dashboards find it.
 *
 * A label's values are either listed, or bounded in number: what comes after the bound is counted under `other`. So
 * no metric can grow without end, whatever an order, a strategy or a caller brings along.
 */
export interface MetricSpec {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly on: "all" | readonly string[];
  readonly labels?: Readonly<Record<string, readonly string[] | number>>;
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** From half a millisecond to ten seconds: requests and round trips. 0.2 is the alerting threshold and so a bound. */
const LATENCY = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10] as const;
/** From one millisecond to a minute: how long a kill takes to arrive. 0.1 and 2 are bounds of the promise. */
const PROPAGATION = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60] as const;
/** From five milliseconds to an hour: backtests. */
const JOB = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600] as const;

/** How many accounts, strategies times instruments and the like one instance tells apart. */
const PARTITIONS = 64;
const INSTANCES = 64;
const CODES = 128;
const ROUTES = 64;

export const METRICS = {
  process_cpu_seconds_total: { type: "counter", help: "Processor time used, seconds.", on: "all" },
  process_resident_memory_bytes: { type: "gauge", help: "Resident memory, bytes.", on: "all" },
  process_start_time_seconds: { type: "gauge", help: "When the process started, seconds since the epoch.", on: "all" },
  process_open_fds: { type: "gauge", help: "Open file descriptors.", on: "all" },
  nodejs_heap_size_used_bytes: { type: "gauge", help: "Used part of the JavaScript heap, bytes.", on: "all" },
  nodejs_heap_size_total_bytes: { type: "gauge", help: "JavaScript heap, bytes.", on: "all" },
  ttt_build_info: { type: "gauge", help: "1; the build in its label.", on: "all", labels: { build: 1 } },
  ttt_daemon_ready: { type: "gauge", help: "1 once start-up is over.", on: "all" },
  ttt_event_loop_lag_seconds: {
    type: "gauge",
    help: "Longest time the event loop did not turn since the last scrape.",
    on: "all",
  },
  ttt_event_loop_utilization_ratio: {
    type: "gauge",
    help: "Part of the time since the last scrape in which the event loop was busy.",
    on: "all",
  },
  ttt_progress_total: {
    type: "counter",
    help: "How often work of this kind went forward: bars, jobs, requests.",
    on: "all",
    labels: { what: 16 },
  },
  ttt_progress_age_seconds: {
    type: "gauge",
    help: "Time since work of this kind last went forward.",
    on: "all",
    labels: { what: 16 },
  },

  ttt_http_requests_total: {
    type: "counter",
    help: "Requests answered.",
    on: ["api", "ops-ui"],
    labels: {
      method: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "other"],
      route: ROUTES,
      status: 32,
    },
  },
  ttt_http_request_duration_seconds: {
    type: "histogram",
    help: "Time from a request's arrival to the end of its answer; streams are left out.",
    on: ["api", "ops-ui"],
    labels: { route: ROUTES },
    buckets: LATENCY,
  },

  ttt_market_bars_total: {
    type: "counter",
    help: "Bars taken up.",
    on: ["worker"],
    labels: { instrument: PARTITIONS },
  },
  ttt_market_tick_age_seconds: {
    type: "gauge",
    help: "Time since the last market event of the instrument arrived.",
    on: ["worker"],
    labels: { instrument: PARTITIONS },
  },
  ttt_orders_total: {
    type: "counter",
    help: "Orders by what happened to them: denied is our own risk check, rejected is the venue.",
    on: ["worker"],
    labels: {
      event: [
        "submitted",
        "accepted",
        "filled",
        "canceled",
        "expired",
        "rejected",
        "denied",
        "held-back",
        "unanswered",
      ],
    },
  },
  ttt_order_denials_total: {
    type: "counter",
    help: "Orders our own risk checks denied, by check.",
    on: ["worker"],
    labels: { code: CODES },
  },
  ttt_order_round_trip_seconds: {
    type: "histogram",
    help: "Time from handing an order to the venue until its first answer.",
    on: ["worker"],
    buckets: LATENCY,
  },
  ttt_orders_unresolved: {
    type: "gauge",
    help: "Orders of which nobody knows whether they reached the venue.",
    on: ["worker"],
    labels: { partition: PARTITIONS },
  },
  ttt_position_value: {
    type: "gauge",
    help: "Net position at the last price, in the account's currency; shorts are negative.",
    on: ["worker"],
    labels: { partition: PARTITIONS },
  },
  ttt_exposure_value: {
    type: "gauge",
    help: "Sum of the absolute values of all positions, in the account's currency.",
    on: ["worker"],
  },
  ttt_pnl_value: {
    type: "gauge",
    help: "Profit and loss since the partition's start, in the account's currency.",
    on: ["worker"],
    labels: { partition: PARTITIONS, kind: ["realized", "unrealized"] },
  },

  ttt_trading_level: {
    type: "gauge",
    help: "The level in force: 0 RUN, 1 REDUCE_ONLY, 2 BLOCK.",
    on: ["worker"],
    labels: { partition: PARTITIONS },
  },
  ttt_trading_blocked: {
    type: "gauge",
    help: "1 when the partition takes no new risk now: blocked, or not reconciled yet.",
    on: ["worker"],
    labels: { partition: PARTITIONS },
  },
  ttt_kill_epoch: { type: "gauge", help: "The kill switch's epoch this process acts under.", on: ["worker", "api"] },
  ttt_permit_age_seconds: {
    type: "gauge",
    help: "Age of the trading permit; it grows when the authority is not reached.",
    on: ["worker"],
  },
  ttt_permit_life_seconds: {
    type: "gauge",
    help: "Age at which a permit ends and new risk stops by itself.",
    on: ["worker"],
  },
  ttt_kill_propagation_seconds: {
    type: "histogram",
    help: "Time from the kill's commit at the authority until the worker refuses new risk.",
    on: ["worker"],
    buckets: PROPAGATION,
  },
  ttt_kill_unacknowledged: {
    type: "gauge",
    help: "Live workers that have not acknowledged the current epoch.",
    on: ["api"],
  },
  ttt_kill_unacknowledged_seconds: {
    type: "gauge",
    help: "How long the current epoch has waited for its last acknowledgement; 0 when all are in.",
    on: ["api"],
  },
  ttt_dead_man_seconds: {
    type: "gauge",
    help: "Time until the venue withdraws the partition's orders by itself, if nobody refreshes its dead-man's switch.",
    on: ["worker"],
    labels: { partition: PARTITIONS },
  },
  ttt_kill_drill_age_seconds: {
    type: "gauge",
    help: "Time since the kill switch was last exercised, by a drill or in earnest.",
    on: ["api"],
  },

  ttt_jobs_total: {
    type: "counter",
    help: "Backtest jobs that ended, by outcome.",
    on: ["backtester"],
    labels: { outcome: ["done", "failed", "canceled", "retried"] },
  },
  ttt_job_duration_seconds: {
    type: "histogram",
    help: "Time a backtest job ran.",
    on: ["backtester"],
    buckets: JOB,
  },
  ttt_jobs_running: { type: "gauge", help: "Backtest jobs running in this process.", on: ["backtester"] },
  ttt_jobs_waiting: { type: "gauge", help: "Backtest jobs that wait for a backtester.", on: ["api"] },
  ttt_job_oldest_waiting_seconds: {
    type: "gauge",
    help: "How long the oldest waiting backtest job has waited.",
    on: ["api"],
  },

  ttt_service_state: {
    type: "gauge",
    help: "1 for the state an instance is in.",
    on: ["supervisor"],
    labels: {
      daemon: INSTANCES,
      state: [
        "pending",
        "starting",
        "ready",
        "degraded",
        "hung",
        "stopping",
        "stopped",
        "failed",
        "quarantined",
        "done",
      ],
    },
  },
  ttt_service_restarts_total: {
    type: "counter",
    help: "Restarts by the supervisor, by cause.",
    on: ["supervisor"],
    labels: { daemon: INSTANCES, cause: 16 },
  },

  ttt_redis_memory_used_bytes: { type: "gauge", help: "Memory that Redis uses.", on: ["api"] },
  ttt_redis_memory_limit_bytes: {
    type: "gauge",
    help: "Memory that Redis may use: maxmemory, or the machine's when there is no limit.",
    on: ["api"],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

/** Whether a service shows this metric. */
export function isShownBy(service: string, { on }: MetricSpec): boolean {
  return on === "all" || on.includes(service);
}

export type MetricName = keyof typeof METRICS;

type NamesOf<T extends MetricSpec["type"]> = {
  [N in MetricName]: (typeof METRICS)[N]["type"] extends T ? N : never;
}[MetricName];

export type CounterName = NamesOf<"counter">;
export type GaugeName = NamesOf<"gauge">;
export type HistogramName = NamesOf<"histogram">;

/** The labels a metric is written with: listed values as a union, bounded ones as text. */
export type LabelsOf<N extends MetricName> = (typeof METRICS)[N] extends { readonly labels: infer L }
  ? { readonly [K in keyof L]: L[K] extends readonly string[] ? L[K][number] : string }
  : Readonly<Record<string, never>>;
