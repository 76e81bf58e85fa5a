import type { Cancel } from "../core/clock.ts";
import type { Environment } from "../trading/environment.ts";
import type { Level } from "../trading/level.ts";
import type { OrderState, OrderType, Side } from "../trading/order.ts";
import type { Scope } from "../trading/scope.ts";

/** The parts of a running stack that can be watched, each with its own source, order and age. */
export const TOPICS = ["services", "trading", "backtests", "incidents", "runbooks", "logs"] as const;
export type Topic = (typeof TOPICS)[number];

/**
 * A running stack as something to look at. A topic starts with a snapshot and goes on with events; `sequence` grows
 * by one with each message of a topic, and a new snapshot replaces all that was before. When a source is lost the
 * feed says so, keeps trying by itself, and starts over with a snapshot.
 */
export interface DeskFeed {
  /**
   * Calls `listener` until cancelled. Never throws: what goes wrong is a message. Figures may come more slowly while
   * `isAttended` says that nobody is there to read them; what a person must know comes at once all the same.
   */
  subscribe(listener: (message: DeskMessage) => void, isAttended?: () => boolean): Cancel;
}

export type DeskMessage =
  | (Stamp & { readonly topic: "services"; readonly kind: "snapshot"; readonly services: readonly ServiceView[] })
  | (Stamp & { readonly topic: "services"; readonly kind: "service"; readonly service: ServiceView })
  | (Stamp & { readonly topic: "services"; readonly kind: "service-gone"; readonly instance: string })
  | (Stamp & { readonly topic: "trading"; readonly kind: "snapshot"; readonly trading: TradingView })
  | (Stamp & { readonly topic: "trading"; readonly kind: "fill"; readonly fill: FillView })
  | (Stamp & { readonly topic: "backtests"; readonly kind: "snapshot"; readonly backtests: readonly BacktestView[] })
  | (Stamp & { readonly topic: "backtests"; readonly kind: "backtest"; readonly backtest: BacktestView })
  | (Stamp & { readonly topic: "incidents"; readonly kind: "snapshot"; readonly incidents: readonly IncidentView[] })
  | (Stamp & { readonly topic: "runbooks"; readonly kind: "snapshot"; readonly runbooks: readonly RunbookView[] })
  | (Stamp & {
      readonly topic: "logs";
      readonly kind: "lines";
      readonly lines: readonly LogLine[];
      /** Lines that the reader left out to keep up. */
      readonly dropped?: number;
    })
  | (Stamp & { readonly topic: Topic; readonly kind: "heard" })
  | (Stamp & { readonly topic: Topic; readonly kind: "lost"; readonly reason: string; readonly hint?: string });

/** `at` is the wall time of what is told, milliseconds since the epoch. */
interface Stamp {
  readonly sequence: number;
  readonly at: number;
}

export interface ServiceView {
  /** `worker` */
  readonly service: string;
  /** `worker-1` */
  readonly instance: string;
  readonly state: string;
  /** Since when it is in this state, milliseconds since the epoch. */
  readonly since: number;
  /** When the running process started; undefined when none runs. */
  readonly startedAt?: number;
  readonly pid?: number;
  readonly restarts: number;
  /** Longest pause of its event loop of late. */
  readonly lagMs?: number;
  /** Samples of it, a second apart, oldest first; kept by whoever looks. */
  readonly lagHistory?: readonly number[];
  readonly rssBytes?: number;
  readonly buildHash?: string;
  /** Why it is in this state: a probe's evidence, an exit code, what it waits for. */
  readonly reason?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What time alone brings, and when, milliseconds since the epoch: `starts again in`, `postgres has to be ready in`. */
  readonly timeLeft?: { readonly words: string; readonly at: number };
  readonly dependsOn?: readonly string[];
  /** Kind of progress (`bar`, `job`, `request`) to how often and how long ago. */
  readonly progress?: Readonly<Record<string, { readonly count: number; readonly ageMs: number }>>;
  /** Newest last, bounded by whoever sends it. */
  readonly transitions?: readonly TransitionView[];
}

export interface TransitionView {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly evidence: string;
}

/** The state of trading as its authority and its workers show it. Amounts are exact decimal texts. */
export interface TradingView {
  readonly environment: Environment;
  readonly level: Level;
  readonly epoch: number;
  readonly since: number;
  /** Who set the level, and why. */
  readonly by?: string;
  readonly reason?: string;
  /** Scopes that have a level of their own, the global one included. */
  readonly levels: readonly LevelView[];
  readonly workers: readonly WorkerView[];
  /** What becomes of our orders if this host dies now, in words; absent while no worker trades. */
  readonly hostLoss?: string;
  readonly positions: readonly PositionView[];
  readonly orders: readonly OrderView[];
  /** Newest first. */
  readonly fills: readonly FillView[];
  /** Orders that our own checks denied in the last minute, most often first. */
  readonly denials: readonly DenialView[];
  readonly currency: string;
  /** Realised since the beginning of the record, after commission. */
  readonly profit: string;
  /** What closing all positions at the last prices would bring; absent while a price is missing. */
  readonly unrealised?: string;
  /** Samples of the whole profit, open and realised, oldest first. */
  readonly profitHistory: readonly number[];
}

export interface LevelView {
  readonly scope: Scope;
  readonly level: Level;
  readonly epoch: number;
  readonly since: number;
  readonly by?: string;
  readonly reason?: string;
}

export interface WorkerView {
  readonly instance: string;
  /** The newest epoch it acknowledged. */
  readonly epoch: number;
  readonly partition?: string;
  /** Until when its permit holds, milliseconds since the epoch. */
  readonly permitUntil?: number;
}

export interface PositionView {
  readonly instrument: string;
  readonly venue: string;
  readonly strategy: string;
  readonly quantity: string;
  readonly averagePrice: string;
  /** The instrument's last price. */
  readonly mark?: string;
  /** What closing at the mark would bring. */
  readonly unrealised?: string;
  /** Realised, after commission. */
  readonly profit: string;
}

export interface OrderView {
  readonly id: string;
  readonly at: number;
  readonly instrument: string;
  readonly venue: string;
  readonly strategy: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: string;
  readonly filled: string;
  readonly price?: string;
  readonly state: OrderState;
}

export interface DenialView {
  readonly partition: string;
  /** `NOTIONAL_ABOVE_MAXIMUM` */
  readonly code: string;
  readonly count: number;
}

export interface FillView {
  readonly id: string;
  readonly at: number;
  readonly instrument: string;
  readonly venue: string;
  readonly strategy: string;
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly commission: string;
}

export interface BacktestView {
  readonly id: string;
  readonly strategy: string;
  readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
  readonly submittedAt: number;
  readonly finishedAt?: number;
  /** Share of the bars that are done, 0 to 1. */
  readonly progress: number;
  readonly trades?: number;
  /** Of the start capital: 0.12 is 12 %. */
  readonly totalReturn?: number;
  readonly maxDrawdown?: number;
  readonly sharpe?: number;
  readonly equity?: readonly number[];
  readonly error?: string;
}

export interface IncidentView {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** `sev1` is the worst of four. */
  readonly severity: string;
  readonly state: string;
  readonly openedAt: number;
  readonly openedBy: string;
  readonly resolvedAt?: number;
  /** Who leads; undefined while nobody does. */
  readonly lead?: string;
  /** What machines report about it: `DaemonDown firing`. */
  readonly signals: readonly string[];
  /** The runbook to follow. */
  readonly runbook?: string;
  /** Oldest first, of incidents that are not over. */
  readonly timeline: readonly { readonly at: number; readonly by: string; readonly text: string }[];
}

export interface RunbookView {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** What it acts on. */
  readonly target: string;
  /** What one sees when it is the one to follow. */
  readonly symptom?: string;
  readonly steps: number;
  /** When it last ended with every step done. */
  readonly lastGreenAt?: number;
  readonly lastRun?: {
    readonly run: string;
    readonly state: string;
    readonly startedAt: number;
    readonly steps: readonly { readonly id: string; readonly state: string }[];
  };
  /** Why it cannot be run. */
  readonly problem?: string;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  readonly at: number;
  readonly level: LogLevel;
  readonly service: string;
  readonly instance: string;
  readonly message: string;
  /** Order, request, trace and the like, as one text `key=value key=value`. */
  readonly context: string;
}
