import { Decimal } from "decimal.js";
import type { Clock } from "../../core/clock.ts";
import type { LiveState, LiveTrading } from "../../ops/incident/status-update.ts";
import { judgeStack, type StackSnapshot } from "../../ops/stack-feed.ts";
import type { DeskReading } from "../../ports/trading-desk.ts";

/** Where the state of this moment is asked; each part may be away, and is then said to be unknown. */
export interface LiveSources {
  readonly clock: Clock;
  readonly snapshot: () => Promise<StackSnapshot>;
  readonly level: () => Promise<string>;
  readonly desk: () => Promise<DeskReading>;
  readonly currency: string;
}

/** Nobody who writes an update waits longer for one part of it. */
const PATIENCE_MS = 3_000;

/** How everything stands now. Never throws, and takes at most a few seconds. */
export async function readLiveState(sources: LiveSources): Promise<LiveState> {
  const { clock } = sources;
  const [snapshot, level, desk] = await Promise.all([
    withPatience(clock, sources.snapshot),
    withPatience(clock, sources.level),
    withPatience(clock, sources.desk),
  ]);
  return {
    at: clock.now(),
    level,
    troubled: snapshot && troubledOf(snapshot),
    services: snapshot?.instances.length,
    trading: desk && tradingOf(desk, sources.currency),
  };
}

function troubledOf({ instances }: StackSnapshot): { instance: string; state: string }[] {
  const verdict = judgeStack(instances);
  const chosen = verdict.kind === "unhealthy" ? verdict.bad : verdict.kind === "starting" ? verdict.waiting : [];
  return chosen.map(({ instance, state }) => ({ instance, state }));
}

function tradingOf({ orders, positions }: DeskReading, currency: string): LiveTrading {
  const profit = positions.reduce((sum, one) => sum.plus(one.realised).minus(one.commission), new Decimal(0));
  return {
    openOrders: orders.length,
    positions: positions
      .filter(({ quantity }) => !new Decimal(quantity).isZero())
      .map(({ instrument, quantity, venue }) => ({ instrument, quantity, venue })),
    profit: profit.toFixed(2),
    currency,
  };
}

function withPatience<T>(clock: Clock, ask: () => Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(PATIENCE_MS, () => resolve(undefined));
    const settle = (answer: T | undefined) => {
      cancel();
      resolve(answer);
    };
    ask().then(settle, () => settle(undefined));
  });
}
