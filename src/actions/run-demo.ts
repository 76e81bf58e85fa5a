import type { RunReport } from "../backtest/run-report.ts";
import type { RunSpec } from "../backtest/run-spec.ts";
import { type Clock, sleep } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import type { BacktestService } from "../ports/backtest-service.ts";
import type { StackControl } from "../ports/stack-control.ts";
import type { TradingRecord } from "../ports/trading-record.ts";
import { awaitBacktest } from "./await-backtest.ts";
import { bringDown } from "./bring-down.ts";
import { bringUp } from "./bring-up.ts";
import type { DemoBacktest, DemoKill, DemoReport, DemoStep } from "./demo-report.ts";
import { armTrading } from "./kill/arm-trading.ts";
import { engageKillSwitch } from "./kill/engage-kill-switch.ts";
import type { KillSwitchPorts } from "./kill/kill-switch-ports.ts";
import { readKillStatus } from "./kill/read-kill-status.ts";
import { type BacktestSources, runBacktest } from "./run-backtest.ts";
import { submitBacktest } from "./submit-backtest.ts";

/** What the demonstration works with. What needs a running stack is opened when it runs. */
export interface DemoPorts {
  readonly clock: Clock;
  readonly home: string;
  readonly stack: StackControl;
  readonly sources: BacktestSources;
  openRecord(): Promise<TradingRecord>;
  openBacktests(): BacktestService;
  withKillSwitch<T>(work: (ports: KillSwitchPorts) => Promise<T>): Promise<T>;
}

export interface DemoOptions {
  /** Dataset or file of the backtest. */
  readonly data: string;
  /** Leave the stack running and trading. */
  readonly keep: boolean;
  readonly actor: string;
  readonly origin: string;
  readonly commandId: string;
  /** Ends the demonstration where it is; everything is brought down. */
  readonly signal: AbortSignal;
  /** Told of every step when it is done. */
  readonly onStep?: (step: DemoStep) => void;
}

const UP_TIMEOUT_MS = 60_000;
const DOWN_TIMEOUT_MS = 60_000;
const TRADE_TIMEOUT_MS = 30_000;
const BACKTEST_TIMEOUT_MS = 60_000;
/** So many fills show that orders go out, are matched and come back. */
const ENOUGH_FILLS = 3;
/** The market goes on for this long after the kill, so that there is something to see in nothing happening. */
const WATCH_AFTER_KILL_MS = 1_500;
const LOOK_MS = 50;

/**
 * Shows the whole platform at work: stack up, a worker trading on paper, one backtest here and through API, queue and
 * backtester, the kill switch with its evidence, stack down. Everything goes through the same actions as the commands.
 */
export async function runDemo(ports: DemoPorts, options: DemoOptions): Promise<DemoReport> {
  const { clock, stack } = ports;
  const steps: DemoStep[] = [];
  const step = async <T>(name: string, work: () => Promise<[string, T]>): Promise<T> => {
    const startedAt = clock.monotonic();
    const [seen, result] = await Promise.race([work(), interruption(options.signal)]);
    const done = { name, seen, durationMs: Math.round(clock.monotonic() - startedAt) };
    steps.push(done);
    options.onStep?.(done);
    return result;
  };
  try {
    await step("bring the stack up", () => up(ports));
    const record = await ports.openRecord();
    try {
      await ports.withKillSwitch(refuseUnderKill);
      const before = await record.count();
      const count = await step("trade on paper", () => watchTrading(record, clock, before));
      const backtest = await step("run a backtest twice", () => backtestTwice(ports, options.data));
      const kill = await step("engage the kill switch", () => killAndWatch(ports, record, options));
      if (options.keep) await step("arm again", () => armAgain(ports, options));
      else await step("bring the stack down", () => down(ports));
      const { fills, orders } = count;
      return { home: ports.home, steps, fills, orders, backtest, kill, kept: options.keep };
    } finally {
      await record.close();
    }
  } catch (error) {
    // A demonstration that failed leaves nothing running either; what went wrong first is what is told.
    if (!options.keep) await bringDown(stack, { clock, wait: true, timeoutMs: DOWN_TIMEOUT_MS }).catch(() => {});
    throw error;
  }
}

/** Rejects when the operator has had enough. */
function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const interrupt = () =>
      reject(new OperatorError("The demonstration was interrupted.", { exit: "interrupted", code: "INTERRUPTED" }));
    if (signal.aborted) interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
  });
}

async function up({ stack, clock }: DemoPorts): Promise<[string, undefined]> {
  const { instances } = await bringUp(stack, { clock, wait: true, timeoutMs: UP_TIMEOUT_MS });
  const serving = instances.filter(({ state }) => state === "ready").map(({ instance }) => instance);
  return [`ready: ${serving.join(", ")}`, undefined];
}

/** Whoever set a level had a reason, and an arm is no part of a demonstration: it only lifts its own kill (KS-24). */
async function refuseUnderKill(ports: KillSwitchPorts): Promise<void> {
  const { level, scopes } = await readKillStatus(ports);
  if (level === "RUN" && scopes.every((scope) => scope.level === "RUN")) return;
  throw new OperatorError("Trading is held here by somebody else, and the demonstration does not lift that.", {
    exit: "refused",
    code: "DEMO_UNDER_KILL",
    expected: "level RUN",
    found: level,
    hint: "ttt kill status, and ttt arm when the reason is gone",
  });
}

/** Counts only what came after `before`: the records may hold older trading. */
async function watchTrading(record: TradingRecord, clock: Clock, before: Awaited<ReturnType<TradingRecord["count"]>>) {
  const deadline = clock.monotonic() + TRADE_TIMEOUT_MS;
  for (;;) {
    const all = await record.count();
    const count = { ...all, orders: all.orders - before.orders, fills: all.fills - before.fills };
    if (count.fills >= ENOUGH_FILLS)
      return [`${count.orders} orders, ${count.fills} fills`, count] as [string, typeof count];
    if (clock.monotonic() > deadline)
      throw notReached("The worker did not trade.", `${count.fills} fills`, "ttt logs worker");
    await sleep(clock, LOOK_MS);
  }
}

async function backtestTwice(ports: DemoPorts, ref: string): Promise<[string, DemoBacktest]> {
  const { clock, sources } = ports;
  const spec: RunSpec = {
    strategy: "sma-cross",
    params: {},
    data: [{ ref }],
    options: { cash: 10_000 },
    convention: "ttt",
  };
  const service = ports.openBacktests();
  const { id } = await submitBacktest(spec, { sources, service });
  const { report: here } = await runBacktest(spec, sources);
  const timeUp = new AbortController();
  const cancel = clock.after(BACKTEST_TIMEOUT_MS, () =>
    timeUp.abort(notReached("The backtest did not end.", id, "ttt logs backtester")),
  );
  const { report: there } = await awaitBacktest(id, service, { signal: timeUp.signal }).finally(cancel);
  const identical = bytesOf(here) === bytesOf(there);
  const backtest = { id, trades: there.trades.length, tradesInProcess: here.trades.length, identical };
  const comparison = identical ? "the same, byte for byte" : "NOT the same";
  return [
    `${there.trades.length} trades through API, queue and backtester, ${here.trades.length} here: ${comparison}`,
    backtest,
  ];
}

const bytesOf = (report: RunReport) => JSON.stringify(report);

async function killAndWatch(
  ports: DemoPorts,
  record: TradingRecord,
  options: DemoOptions,
): Promise<[string, DemoKill]> {
  const { clock, stack } = ports;
  const { actor, origin, commandId } = options;
  const report = await ports.withKillSwitch((switchPorts) =>
    engageKillSwitch(switchPorts, {
      ...{ actor, origin, commandId, scope: "global", level: "BLOCK", cancel: true, flatten: false },
      reason: "demonstration",
      ackTimeoutMs: 4_000,
      actionTimeoutMs: 15_000,
    }),
  );
  if (report.epoch === undefined)
    throw notReached("The kill has no epoch.", report.doubts.join("; "), "ttt kill status");
  const barsBefore = await barsOf(stack);
  await sleep(clock, WATCH_AFTER_KILL_MS);
  const kill: DemoKill = {
    verdict: report.verdict,
    epoch: report.epoch,
    propagationMs: report.propagationMs ?? null,
    ordersAfter: await record.ordersSince(report.epoch),
    openOrders: report.ordersAfter ?? 0,
    barsAfter: (await barsOf(stack)) - barsBefore,
  };
  const took = kill.propagationMs === null ? "" : ` after ${kill.propagationMs.toFixed(0)} ms`;
  return [
    `${kill.verdict}${took}; then ${kill.barsAfter} bars and ${kill.ordersAfter} orders, ${kill.openOrders} open at the venue`,
    kill,
  ];
}

/** How many bars the venue has published, by its own beats. */
async function barsOf(stack: StackControl): Promise<number> {
  let bars = 0;
  const watch = await stack.watch(
    (event) => {
      if (event.kind !== "vitals") return;
      bars = event.vitals.find(({ instance }) => instance === "paper-venue")?.progress.bar?.count ?? 0;
      watch.close();
    },
    { vitals: true },
  );
  await watch.ended;
  return bars;
}

async function armAgain(ports: DemoPorts, { actor, origin, commandId }: DemoOptions): Promise<[string, undefined]> {
  const request = {
    actor,
    origin,
    commandId: `${commandId}:arm`,
    scope: "global",
    role: "risk",
    reason: "the demonstration is over",
  } as const;
  const { epoch } = await ports.withKillSwitch((switchPorts) => armTrading(switchPorts, request));
  return [`epoch ${epoch}: the worker trades again`, undefined];
}

async function down({ stack, clock }: DemoPorts): Promise<[string, undefined]> {
  const { stopped } = await bringDown(stack, { clock, wait: true, timeoutMs: DOWN_TIMEOUT_MS });
  return [`ended: ${stopped.join(", ")}; nothing is left`, undefined];
}

function notReached(message: string, found: string, hint: string): OperatorError {
  return new OperatorError(message, { exit: "timeout", code: "DEMO_STUCK", found, hint });
}
