import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { equalToVenue, oneOrderAnIntent } from "../support/equal-to-venue.ts";
import { HALT_FILE, HALTED_FILE, type HaltOrder, SENT_FILE } from "../support/halt-order.ts";
import { placesWhile } from "../support/order-path.ts";
import { TradingStack, until } from "../support/trading-stack.ts";

/** One account whose orders fill, and one whose orders rest and are withdrawn again and again. */
const PARTITIONS = "sma-cross@SYN-USD:a?fast=2&slow=4&units=10;breakout@SYN-USD:b?period=20&units=10";

const WORKER = "worker-1";
let stack: TradingStack;
const file = (name: string) => join(stack.home, name);

beforeAll(async () => {
  const preload = join(import.meta.dirname, "..", "support", "halt-points.ts");
  // After each death the same market is met again: that is no defect of the strategies.
  const limits = { maxDuplicates: null, maxCancelRatio: null, maxOrderToTrade: null };
  stack = await TradingStack.open({ partitions: PARTITIONS, limits, preload });
  await stack.startAll();
  await until(async () => (await stack.venueFills()).length >= 2);
});
afterAll(() => stack.close());

function order(place: string, signal: HaltOrder["signal"]): void {
  rmSync(file(HALTED_FILE), { force: true });
  // Whole or not there: the worker looks at it at every place it passes.
  writeFileSync(`${file(HALT_FILE)}.tmp`, JSON.stringify({ place, signal }));
  renameSync(`${file(HALT_FILE)}.tmp`, file(HALT_FILE));
}

/** It died there, and nowhere else. */
async function diesAt(place: string): Promise<void> {
  const child = stack.process(WORKER);
  await until(() => child.exitCode !== null || child.signalCode !== null);
  expect([child.signalCode, existsSync(file(HALTED_FILE)) && readFileSync(file(HALTED_FILE), "utf8")]).toEqual([
    "SIGKILL",
    place,
  ]);
}

const market = (paused: boolean) => stack.venue.ask({ op: "pace", paused });

/** Ids of the orders that were written to the venue, in order. */
const sent = () => readFileSync(file(SENT_FILE), "utf8").trim().split("\n");

/** A new life in a market that stands still: the books become equal to the venue's, and nothing was written twice. */
async function recovers(): Promise<void> {
  await market(true);
  await stack.start(WORKER);
  await equalToVenue(stack);
  await oneOrderAnIntent(stack);
  const ids = sent();
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  await market(false);
}

// The places are read off the code: see the test of test/support/order-path.ts.
describe("SIGKILL at a named place of the order path, then a restart", () => {
  test.each(placesWhile("trading"))("OL-08 OL-02 OL-07 while trading: %s", async (place) => {
    order(place, "SIGKILL");
    await diesAt(place);
    await recovers();
  });

  test.each(placesWhile("recovering"))("OL-08 OL-05 in the middle of recovery: %s", async (place) => {
    // An order that is on its way at this death: the next life must ask the venue for it.
    order("after order written", "SIGKILL");
    await diesAt("after order written");
    order(place, "SIGKILL");
    stack.launch(WORKER);
    await diesAt(place);
    await recovers();
  });

  test.each(placesWhile("ending"))("OL-08 OL-09 in the middle of an orderly end: %s", async (place) => {
    order(place, "SIGKILL");
    stack.process(WORKER).kill("SIGTERM");
    await diesAt(place);
    await recovers();
  });
});

describe("SIGSTOP at a named place for longer than the lease, then SIGCONT", () => {
  const OTHER = "worker-2";

  test.each(["after intents committed", "before order sent"])(
    "OL-08 KS-37 %s: nothing is sent, and the books are the successor's",
    async (place) => {
      order(place, "SIGSTOP");
      await until(() => existsSync(file(HALTED_FILE)));
      const before = sent().length;
      await stack.start(OTHER);
      await until(() => sent().length > before + 4);
      await stack.signal(WORKER, "SIGCONT");
      const partitions = PARTITIONS.split(";").length;
      await until(() => losses() >= partitions);

      const old = await stack.sql.query<{ id: string }>(
        `SELECT client_order_id AS id FROM order_intent AS i
       WHERE token < (SELECT max(token) FROM order_intent WHERE partition = i.partition)`,
      );
      const late = new Set(sent().slice(before));
      expect(late.size).toBeGreaterThan(4);
      expect(old.filter(({ id }) => late.has(id))).toEqual([]);
      await market(true);
      await equalToVenue(stack);
      await oneOrderAnIntent(stack);
      await stack.signal(OTHER, "SIGTERM");
      await stack.signal(WORKER, "SIGKILL");
      await recovers();
    },
  );

  /** How often the worker that was stopped has noticed that its partitions are another's. */
  function losses(): number {
    const life = stack.log(WORKER).split('"msg":"starting"').at(-1)!;
    return life.split('"msg":"partition lost"').length - 1;
  }
});
