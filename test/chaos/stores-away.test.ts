import { readFileSync } from "node:fs";
import { join } from "node:path";
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
/** What a machine that does other things as well may take to carry one order from a worker to the venue's record. */
const SEND_MS = 1_000;
const LONG_MS = 60_000;

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
  }, LONG_MS);
}, 120_000);
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
      await until(async () => (await stack.venueOrders()).some(({ account }) => RESTING.includes(account)));
      const began = await venueTime();
      begin();

      await until(async () => (await venueTime()) > began + PERMIT_LIFE_MS + 2 * SEND_MS);
      const sent = orderTimes();
      expect(sent.at(-1)! - began).toBeLessThan(PERMIT_LIFE_MS + SEND_MS);

      // Without their stores, and after their permits have run out, workers still withdraw what rests.
      const request = { id: `cancel-${began}`, scope: "global", action: "cancel" };
      await Promise.all(WORKERS.map((worker) => stack.call(worker, "operator", request)));
      await until(async () => (await stack.venueOrders()).length === 0);
      expect(orderTimes().length).toBe(sent.length);

      const certificates = await lastCertificate();
      stack.postgres.resume();
      stack.redis.resume();
      await everyAccountTrades();
      await until(async () => (await certifiedAfter(certificates)) === PARTITIONS.length, LONG_MS);
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
    const fresh = (await stack.venueFills()).slice(before);
    return FILLING.every((account) => fresh.some((fill) => fill.account === account));
  }, LONG_MS);
}

const venueTime = async () => (await stack.venue.ask({ op: "time" })).time;

/** When each order reached the venue, by the venue's own record and clock. */
function orderTimes(): number[] {
  const lines = readFileSync(join(stack.home, "venue", "record.ndjson"), "utf8")
    .trim()
    .split("\n");
  return lines.filter((line) => line.includes('"ticket"')).map((line) => JSON.parse(line).report.time);
}

async function lastCertificate(): Promise<number> {
  const [row] = await stack.sql.query<{ id: number | null }>("SELECT max(id) AS id FROM reconciliation");
  return row!.id ?? 0;
}

/** How many partitions have been reconciled with the venue since. */
async function certifiedAfter(id: number): Promise<number> {
  const [row] = await stack.sql.query<{ n: number }>(
    "SELECT count(DISTINCT partition) AS n FROM reconciliation WHERE id > $1",
    [id],
  );
  return row!.n;
}
