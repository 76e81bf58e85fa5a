import type {
  BacktestView,
  DeskFeed,
  DeskMessage,
  FillView,
  IncidentView,
  LogLine,
  PositionView,
  RunbookView,
  ServiceView,
  TradingView,
} from "../../src/actions/desk-feed.ts";
import type { Cancel, Clock } from "../../src/core/clock.ts";
import { type Random, seededRandom } from "../../src/core/random.ts";
import type { Environment } from "../../src/trading/environment.ts";
import type { Level } from "../../src/trading/level.ts";

export interface SyntheticOptions {
  readonly seed?: number;
  readonly environment?: Environment;
  readonly level?: Level;
  /** Log lines a second; 0 writes none after the first. */
  readonly linesPerSecond?: number;
  /** Whether prices move and fills come. */
  readonly moving?: boolean;
  readonly positions?: number;
}

const STEP_MS = 50;
const BEAT_MS = 250;
const HISTORY = 300;

/** A stack that exists only as messages: the same seed and clock give the same messages. */
export class SyntheticStack implements DeskFeed {
  readonly #clock: Clock;
  readonly #options: Required<SyntheticOptions>;
  readonly #random: Random;
  readonly #start: number;
  readonly #listeners = new Set<(message: DeskMessage) => void>();
  readonly #sequence = { services: 0, trading: 0, backtests: 0, incidents: 0, runbooks: 0, logs: 0 };
  #services: ServiceView[];
  #trading: TradingView;
  #incidents: readonly IncidentView[] = [];
  #lines = 0;
  #fills = 0;

  constructor(clock: Clock, options: SyntheticOptions = {}) {
    this.#clock = clock;
    this.#options = {
      seed: 1,
      environment: "paper",
      level: "RUN",
      linesPerSecond: 0,
      moving: false,
      positions: 3,
      ...options,
    };
    this.#random = seededRandom(this.#options.seed);
    this.#start = clock.now();
    this.#services = SERVICES.map((name, index) => this.#service(name, index));
    this.#trading = this.#firstTrading();
  }

  subscribe(listener: (message: DeskMessage) => void): Cancel {
    this.#listeners.add(listener);
    this.#snapshots(listener);
    const { moving, linesPerSecond } = this.#options;
    const cancels = [this.#every(BEAT_MS, () => this.#beat())];
    if (moving || linesPerSecond > 0) cancels.push(this.#every(STEP_MS, () => this.#step()));
    return () => {
      this.#listeners.delete(listener);
      for (const cancel of cancels) cancel();
    };
  }

  /** Puts one service into another state. */
  setState(instance: string, state: string, reason: string, hint?: string): void {
    const at = this.#clock.now();
    this.#services = this.#services.map((one) =>
      one.instance === instance
        ? {
            ...one,
            state,
            reason,
            since: at,
            transitions: [...(one.transitions ?? []), { at, from: one.state, to: state, evidence: reason }],
            ...(hint !== undefined && { hint }),
          }
        : one,
    );
    const service = this.#services.find((one) => one.instance === instance)!;
    this.#send({ topic: "services", kind: "service", service, ...this.#stamp("services") });
  }

  setLevel(level: Level, by: string, reason: string): void {
    const epoch = this.#trading.epoch + 1;
    const since = this.#clock.now();
    const set = { level, epoch, since, by, reason };
    this.#trading = {
      ...this.#trading,
      ...set,
      levels: [{ scope: "global", ...set }],
      workers: this.#trading.workers.map((worker) => ({ ...worker, epoch })),
    };
    this.#sendTrading();
  }

  /** Somebody opens an incident about a worker. */
  openIncident(): void {
    const at = this.#clock.now() - 312_000;
    this.#incidents = [
      {
        id: "inc-20260101-7f3k",
        title: "worker-2 crashes on start-up",
        summary: "Quarantined after five ends in a row; its partition is with worker-1.",
        severity: "sev2",
        state: "acknowledged",
        openedAt: at,
        openedBy: "supervisor",
        lead: "anna",
        signals: ["CrashLoop firing"],
        runbook: "workers-crash-on-start-up",
        timeline: [
          { at: at - 9_000, by: "supervisor", text: "worker-2 is quarantined: ended 5 times in a row" },
          { at, by: "supervisor", text: "opened as sev2: worker-2 crashes on start-up" },
          { at: at + 41_000, by: "anna", text: "acknowledged" },
          { at: at + 63_000, by: "anna", text: "ttt runbook run workers-crash-on-start-up" },
        ],
      },
    ];
    const incidents = this.#incidents;
    this.#send({ topic: "incidents", kind: "snapshot", incidents, ...this.#stamp("incidents") });
  }

  lose(reason: string, hint: string): void {
    this.#send({ topic: "services", kind: "lost", reason, hint, ...this.#stamp("services") });
  }

  log(lines: readonly Partial<LogLine>[]): void {
    const at = this.#clock.now();
    const full = lines.map((one) => ({ ...this.#line(), at, ...one }));
    this.#send({ topic: "logs", kind: "lines", lines: full, ...this.#stamp("logs") });
  }

  #snapshots(listener: (message: DeskMessage) => void): void {
    listener({ topic: "services", kind: "snapshot", services: this.#services, ...this.#stamp("services") });
    listener({ topic: "trading", kind: "snapshot", trading: this.#trading, ...this.#stamp("trading") });
    listener({ topic: "backtests", kind: "snapshot", backtests: this.#backtests(), ...this.#stamp("backtests") });
    listener({ topic: "incidents", kind: "snapshot", incidents: this.#incidents, ...this.#stamp("incidents") });
    listener({ topic: "runbooks", kind: "snapshot", runbooks: this.#runbooks(), ...this.#stamp("runbooks") });
    const lines = Array.from({ length: 40 }, () => this.#line());
    listener({ topic: "logs", kind: "lines", lines, ...this.#stamp("logs") });
  }

  #beat(): void {
    this.#send({ topic: "services", kind: "heard", ...this.#stamp("services") });
    this.#send({ topic: "trading", kind: "heard", ...this.#stamp("trading") });
  }

  #step(): void {
    const lines = Math.round((this.#options.linesPerSecond * STEP_MS) / 1000);
    if (lines > 0) this.log(Array.from({ length: lines }, () => ({})));
    if (this.#options.moving && this.#random.next() < 0.2) this.#trade();
  }

  #trade(): void {
    const profit = Number(this.#trading.profit) + this.#random.normal() * 40;
    const fill = this.#fill(this.#clock.now());
    this.#trading = {
      ...this.#trading,
      profit: profit.toFixed(2),
      profitHistory: [...this.#trading.profitHistory.slice(1 - HISTORY), profit],
      fills: [fill, ...this.#trading.fills].slice(0, 100),
    };
    this.#sendTrading();
  }

  #sendTrading(): void {
    this.#send({ topic: "trading", kind: "snapshot", trading: this.#trading, ...this.#stamp("trading") });
  }

  #send(message: DeskMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  #stamp(topic: DeskMessage["topic"]): { sequence: number; at: number } {
    this.#sequence[topic] += 1;
    return { sequence: this.#sequence[topic], at: this.#clock.now() };
  }

  #every(delayMs: number, act: () => void): Cancel {
    const again = (): Cancel =>
      this.#clock.after(delayMs, () => {
        act();
        cancel = again();
      });
    let cancel = again();
    return () => cancel();
  }

  #service(name: string, index: number): ServiceView {
    const startedAt = this.#start - 7_230_000 - index * 61_000;
    return {
      service: name.replace(/-\d+$/, ""),
      instance: name,
      state: "ready",
      since: startedAt + 900,
      startedAt,
      pid: 4_100 + index * 7,
      restarts: name === "worker-2" ? 1 : 0,
      lagMs: this.#random.integer(1, 12),
      lagHistory: Array.from(
        { length: 120 },
        (_, second) => 3 + ((second * 7 + index) % 11) + (second === 80 ? 46 : 0),
      ),
      rssBytes: this.#random.integer(60, 180) * 1e6,
      buildHash: "5f2c9a1e",
      reason: PROBES[name] ?? "beats in time",
      dependsOn: name === "postgres" ? [] : ["postgres"],
      progress: { [name.startsWith("worker") ? "bar" : "request"]: { count: 1_200 + index, ageMs: 400 } },
      transitions: [
        { at: startedAt, from: "pending", to: "starting", evidence: "postgres is ready" },
        { at: startedAt + 900, from: "starting", to: "ready", evidence: PROBES[name] ?? "first beat" },
      ],
    };
  }

  #firstTrading(): TradingView {
    const { environment, level, positions } = this.#options;
    const history: number[] = [];
    for (let value = 0, index = 0; index < HISTORY; index++) {
      value += this.#random.normal() * 35 + 4;
      history.push(value);
    }
    const since = this.#start - 5_400_000;
    return {
      environment,
      level,
      epoch: 12,
      since,
      by: "anna",
      reason: "start of the session",
      levels: [{ scope: "global", level, epoch: 12, since, by: "anna", reason: "start of the session" }],
      workers: ["worker-1", "worker-2"].map((instance, index) => ({
        instance,
        epoch: 12,
        partition: `p${index}`,
        permitUntil: this.#start + 3_600_000,
      })),
      positions: INSTRUMENTS.slice(0, positions).map((instrument, index) => this.#position(instrument, index)),
      orders: INSTRUMENTS.slice(0, 2).map((instrument, index) => ({
        id: `p${index}-sma-cross-${4_711 + index}`,
        at: this.#start - 95_000 * (index + 1),
        instrument,
        venue: venueOf(environment),
        strategy: index === 0 ? "sma-cross" : "rsi-revert",
        side: index === 0 ? "sell" : "buy",
        type: "limit",
        quantity: index === 0 ? "0.500" : "12.000",
        filled: index === 0 ? "0.125" : "0.000",
        price: PRICES[index]!,
        state: index === 0 ? "partially-filled" : "accepted",
      })),
      fills: Array.from({ length: 12 }, (_, index) => this.#fill(this.#start - index * 47_000)),
      denials: [],
      currency: "USD",
      profit: history.at(-1)!.toFixed(2),
      unrealised: "-77.25",
      profitHistory: history,
    };
  }

  #position(instrument: string, index: number): PositionView {
    return {
      instrument,
      venue: venueOf(this.#options.environment),
      strategy: index % 2 === 0 ? "sma-cross" : "rsi-revert",
      quantity: ["1.250", "-18.000", "340.000", "0.000"][index % 4]!,
      averagePrice: PRICES[index % PRICES.length]!,
      mark: PRICES[index % PRICES.length]!,
      unrealised: ["41.25", "-130.50", "12.00", "0.00"][index % 4]!,
      profit: ["812.40", "-96.15", "318.00", "0.00"][index % 4]!,
    };
  }

  #fill(at: number): FillView {
    this.#fills += 1;
    const index = this.#random.integer(0, 2);
    return {
      id: `fill-${this.#fills}`,
      at,
      instrument: INSTRUMENTS[index]!,
      venue: venueOf(this.#options.environment),
      strategy: index === 1 ? "rsi-revert" : "sma-cross",
      side: this.#random.next() < 0.5 ? "buy" : "sell",
      quantity: (this.#random.integer(1, 40) / 8).toFixed(3),
      price: PRICES[index]!,
      commission: (this.#random.integer(2, 90) / 100).toFixed(2),
    };
  }

  #backtests(): BacktestView[] {
    const equity: number[] = [];
    for (let value = 100_000, index = 0; index < 500; index++) {
      value *= 1 + this.#random.normal() * 0.006 + 0.0006;
      equity.push(value);
    }
    const base = { strategy: "sma-cross", submittedAt: this.#start - 240_000 } as const;
    return [
      { ...base, id: "bt-0003", state: "running", progress: 0.62, submittedAt: this.#start - 4_000 },
      {
        ...base,
        id: "bt-0002",
        state: "done",
        progress: 1,
        finishedAt: this.#start - 236_000,
        trades: 93,
        totalReturn: equity.at(-1)! / 100_000 - 1,
        maxDrawdown: -0.0873,
        sharpe: 1.21,
        equity,
      },
      {
        ...base,
        id: "bt-0001",
        strategy: "rsi-revert",
        state: "failed",
        progress: 0.11,
        submittedAt: this.#start - 900_000,
        error: "the strategy threw at bar 311: size must be positive, got -2",
      },
    ];
  }

  #runbooks(): readonly RunbookView[] {
    const day = 86_400_000;
    return [
      {
        name: "startup",
        title: "Start from nothing",
        summary:
          "Brings the stack up on a machine that has nothing but the package, and proves that it trades on paper.",
        target: "stack",
        steps: 9,
        lastGreenAt: this.#start - 2 * day,
        lastRun: { run: "20251230-startup-1a2b", state: "green", startedAt: this.#start - 2 * day, steps: [] },
      },
      {
        name: "workers-crash-on-start-up",
        title: "Workers crash on start-up",
        summary: "Finds out whether configuration, database or venue is at fault, and mends each.",
        target: "worker",
        symptom: "a worker is quarantined",
        steps: 7,
        lastGreenAt: this.#start - 40 * day,
        lastRun: {
          run: "20260101-workers-9c4d",
          state: "failed",
          startedAt: this.#start - 240_000,
          steps: [
            { id: "1.1", state: "done" },
            { id: "1.2", state: "confirmed" },
            { id: "2.1", state: "failed" },
            { id: "2.2", state: "open" },
          ],
        },
      },
      {
        name: "rotate-secrets",
        title: "Rotate secrets",
        summary: "Gives every credential a new value while the stack runs.",
        target: "secrets",
        steps: 12,
      },
    ];
  }

  #line(): LogLine {
    this.#lines += 1;
    const kind = this.#random.next();
    const instance = SERVICES[this.#random.integer(0, SERVICES.length - 1)]!;
    return {
      at: this.#clock.now(),
      level: kind < 0.02 ? "error" : kind < 0.08 ? "warn" : kind < 0.7 ? "info" : "debug",
      service: instance.replace(/-\d+$/, ""),
      instance,
      message: MESSAGES[this.#random.integer(0, MESSAGES.length - 1)]!,
      context: `seq=${this.#lines}`,
    };
  }
}

const SERVICES = ["postgres", "paper-venue", "api", "worker-1", "worker-2", "backtester-1"];
const INSTRUMENTS = ["BTC-USD", "ETH-USD", "SOL-USD", "GOOG"];
const PRICES = ["64210.50", "3105.25", "148.30", "171.20"];
const PROBES: Readonly<Record<string, string>> = {
  postgres: "accepts connections in 2 ms",
  api: "GET /readyz 200 in 4 ms",
};
const MESSAGES = [
  "bar processed",
  "order accepted by the venue",
  "permit renewed",
  "decision recorded",
  "fill applied",
  "GET /v1/services 200",
];

const VENUES: Readonly<Record<Environment, string>> = { paper: "paper", sandbox: "kraken-sandbox", live: "kraken" };
const venueOf = (environment: Environment) => VENUES[environment];
