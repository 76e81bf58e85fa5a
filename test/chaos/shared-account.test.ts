import { afterAll, beforeAll, expect, test } from "vitest";
import { TradingStack, until } from "../support/trading-stack.ts";

/** Two strategies of one account in one instrument, each with a worker of its own: the venue shows only their sum. */
const PARTITIONS = "sma-cross@SYN-USD?fast=2&slow=4&units=10;breakout@SYN-USD?period=5&units=10";

/** A strategy that moves its resting order with every bar of so fast a market is held up by its pace, not by the account. */
const PACE = { maxCancelRatio: null, maxOrderToTrade: null, maxDuplicates: null };

let stack: TradingStack;
beforeAll(async () => {
  stack = await TradingStack.open({ partitions: PARTITIONS, workers: 2, limits: PACE });
  await stack.startAll(2);
}, 90_000);
afterAll(() => stack.close());

const fillsOf = async () => {
  const rows = await stack.sql.query<{ strategy: string; n: number }>(
    "SELECT strategy, count(*)::int AS n FROM fill GROUP BY strategy",
  );
  return new Map(rows.map(({ strategy, n }) => [strategy, n]));
};

test("RC-04 OL-06 two workers trade one account's instrument: neither takes the other's position for drift", async () => {
  const traded = async (count: number) => {
    // Whatever stops one of them is what this test is about: it is said at once.
    expect(await stack.held()).toEqual([]);
    const fills = await fillsOf();
    return (fills.get("sma-cross") ?? 0) >= count && (fills.get("breakout") ?? 0) >= count;
  };
  await until(() => traded(3), 60_000);
  // The market stands still while at least one of them holds something, and so the other sees more than its own.
  await until(async () => {
    await stack.venue.ask({ op: "pace", paused: true });
    if ((await stack.venuePosition("SYN-USD")) !== 0) return true;
    await stack.venue.ask({ op: "pace", paused: false });
    return false;
  });
  const pausedAt = performance.now();
  await until(async () => {
    const [row] = await stack.sql.query<{ sum: number }>(
      "SELECT coalesce(sum(quantity), 0)::float8 AS sum FROM position",
    );
    return row!.sum === (await stack.venuePosition("SYN-USD"));
  });
  // Both have been reconciled with the sum since then: a difference would never be certified.
  const reconciled = async () => {
    const { data } = JSON.parse((await stack.ttt("kill", "status", "--json")).stdout) as {
      data: { workers: { certificateAgeMs?: number }[] };
    };
    const since = performance.now() - pausedAt;
    return data.workers.every(({ certificateAgeMs = Number.POSITIVE_INFINITY }) => certificateAgeMs < since);
  };
  await until(reconciled);
  expect(await stack.held()).toEqual([]);
});
