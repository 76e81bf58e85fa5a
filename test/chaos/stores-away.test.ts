import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PERMIT_LIFE_MS } from "../../src/trading/permit.ts";
import { equalToVenue, oneOrderAnIntent } from "../support/equal-to-venue.ts";
import { TradingStack, until } from "../support/trading-stack.ts";

/** Three accounts whose orders fill, and three whose orders rest. */
const FILLING = ["a", "b", "c"];
const RESTING = ["d", "e", "f"];
const PARTITIONS = [
  ...FILLING.map((account) => `sma-cross@SYN-USD:${account}?fast=2&slow=4&units=10`),
  ...RESTING.map((account) => `breakout@SYN-USD:${account}?period=100&units=10`),
];
const WORKERS = ["worker-1", "worker-2", "worker-3"];
/** So many bars that every account would have ordered something. */
const BARS = 60;

let stack: TradingStack;
beforeAll(async () => {
  stack = await TradingStack.open({
    partitions: PARTITIONS.join(";"),
    workers: WORKERS.length,
    env: { TTT_PAPER_PACE: "clock", TTT_PAPER_BARS_PER_SECOND: "40" },
    limits: { maxDuplicates: null, maxCancelRatio: null, maxOrderToTrade: null },
  });
  await stack.startAll(WORKERS.length);
  await until(async () => {
    const [row] = await stack.sql.query("SELECT count(DISTINCT holder) AS n FROM lease WHERE expires_at > now()");
    return row?.n === WORKERS.length;
  });
});
afterAll(() => stack.close());

const OUTAGES: [string, () => void][] = [
  ["KS-08 Redis killed", () => stack.redis.cut()],
  ["KS-07 PostgreSQL paused", () => stack.postgres.stall()],
  [
    "KS-07 KS-08 both away",
    () => {
      stack.redis.cut();
      stack.postgres.stall();
    },
  ],
];

describe("three workers while stores are away", () => {
  test.each(OUTAGES)(
    "%s: new risk stops within the permit's life, cancels pass (KS-12), and nothing is lost or doubled",
    async (_title, begin) => {
      await everyAccountTrades();
      await until(async () => {
        expect(await stack.held()).toEqual([]);
        return (await stack.venueOrders()).some(({ account }) => RESTING.includes(account));
      });
      begin();
      const begun = Date.now();

      // Without a permit a worker says that it is blocked, and still withdraws what rests.
      await until(async () => (await Promise.all(WORKERS.map(isBlocked))).every(Boolean));
      const request = { id: `cancel-${begun}`, scope: "global", action: "cancel" };
      await Promise.all(WORKERS.map((worker) => stack.call(worker, "operator", request)));
      await until(async () => (await stack.venueOrders()).length === 0);
      // What was on the wire has arrived when the next bars have.
      await bars(2);
      const sent = stack.orderIdsAtVenue();
      await bars(BARS);
      expect(stack.orderIdsAtVenue()).toEqual(sent);
      // An intent is written down before its order may leave, and the last permit was asked for before the outage began.
      expect(await lastWritten(sent)).toBeLessThan(begun + PERMIT_LIFE_MS);

      stack.postgres.resume();
      stack.redis.resume();
      const resumedAt = performance.now();
      await everyAccountTrades();
      // A certificate that is renewed is written down once a minute only: the workers themselves say how old theirs are.
      await until(() => reconciledSince(resumedAt));
      await stack.venue.ask({ op: "pace", paused: true });
      await equalToVenue(stack);
      await oneOrderAnIntent(stack);
      await stack.venue.ask({ op: "pace", paused: false });
    },
  );
});

async function everyAccountTrades(): Promise<void> {
  const before = (await stack.venueFills()).length;
  await until(async () => {
    expect(await stack.held()).toEqual([]);
    const fresh = (await stack.venueFills()).slice(before);
    return FILLING.every((account) => fresh.some((fill) => fill.account === account));
  });
}

async function bars(count: number): Promise<void> {
  const { next } = await stack.venue.ask({ op: "pace" });
  await until(async () => (await stack.venue.ask({ op: "pace" })).next >= next + count);
}

async function isBlocked(worker: string): Promise<boolean> {
  const { detail } = (await stack.call(worker, "trading")) as { detail: { level: string }[] };
  return detail.every(({ level }) => level === "BLOCK");
}

/** When the last of their intents was written down, by the database's clock, which is this host's. */
async function lastWritten(ids: readonly string[]): Promise<number> {
  const [row] = await stack.sql.query<{ at: number }>(
    "SELECT (extract(epoch FROM max(created_at)) * 1000)::float8 AS at FROM order_intent WHERE client_order_id = ANY($1)",
    [ids],
  );
  return row!.at;
}

/** Every partition is held, and has been reconciled with the venue since this moment. */
async function reconciledSince(moment: number): Promise<boolean> {
  const said = (await Promise.all(WORKERS.map((worker) => stack.call(worker, "trading")))) as {
    partitions: string[];
    certificateAgeMs?: number;
  }[];
  const held = said.flatMap(({ partitions }) => partitions);
  const age = performance.now() - moment;
  return (
    held.length === PARTITIONS.length &&
    said.every(({ partitions, certificateAgeMs = Infinity }) => partitions.length === 0 || certificateAgeMs < age)
  );
}
