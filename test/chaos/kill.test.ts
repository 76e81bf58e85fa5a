import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { accountId, instrumentId, strategyId, venueId } from "../../src/trading/instrument.ts";
import { TradingStack, type TradingStackOptions, until } from "../support/trading-stack.ts";

const CROSS = "sma-cross@SYN-USD?fast=2&slow=4&units=10";
/** Keeps a limit order below the market, and exits around what it holds: seldom another one, which limits of pace would deny. */
const RESTING = "mean-reversion@SYN-USD?period=2&discount=0.04&life=1000&units=10";

let stack: TradingStack;
afterEach(() => stack.close());

async function trading(options: TradingStackOptions, ready: () => Promise<boolean>): Promise<void> {
  stack = await TradingStack.open(options);
  await stack.startAll(options.workers ?? 1);
  await until(ready);
}

const hasTraded = async () => (await stack.venueFills()).length >= 4;
const rests = async () => (await stack.venueOrders()).length > 0;
const holds = async () => (await stack.venuePosition("SYN-USD")) !== 0;

/** Stops the market at a moment when something holds: an order that rests may fill with any bar, and then none comes. */
async function pausedWhen(look: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    await stack.venue.ask({ op: "pace", paused: true });
    if (await look()) return true;
    await stack.venue.ask({ op: "pace", paused: false });
    return false;
  });
}

/** Waits until the market has moved on: whatever was to be sent would have been. */
async function bars(count: number): Promise<void> {
  const { next } = await stack.venue.ask({ op: "pace" });
  await until(async () => (await stack.venue.ask({ op: "pace" })).next >= next + count);
}

/** Nothing new reaches the venue. What was on the wire when the level changed has arrived when the next bars have. */
async function expectSilence(): Promise<void> {
  await bars(2);
  const before = await stack.ordersAtVenue();
  await bars(100);
  expect(await stack.ordersAtVenue()).toBe(before);
}

/** An order of somebody else's in the same account, that rests far below the market. */
async function orderByHand(whose: { readonly clientOrderId: string; readonly account: string }): Promise<void> {
  const terms = {
    side: "buy",
    kind: "limit",
    quantity: 1,
    limitPrice: 1,
    timeInForce: "gtc",
    reduceOnly: false,
  } as const;
  const owner = { venue: venueId("paper"), account: accountId(whose.account), strategy: strategyId("none") };
  const instrument = instrumentId("SYN-USD");
  const departure = { owner: { ...owner, instrument }, token: 1, epoch: 1, reducing: false };
  const order = { ...whose, ...terms, instrument, tags: {} };
  const allowed = () => ({ ok: true, value: true }) as const;
  await until(() => stack.venue.order(order, departure, allowed, () => {}).ok);
  await until(async () => (await stack.venueOrders()).some((one) => one.clientOrderId === whose.clientOrderId));
}

describe("ttt kill over real processes", () => {
  test("KS-19 exit 0: orders withdrawn with proof, nothing sent afterwards, and every store says so", async () => {
    await trading({ partitions: RESTING }, rests);
    // Between two bars the strategy replaces its order; in a market that stands still the order certainly rests.
    await pausedWhen(rests);
    const { exitCode, report } = await stack.kill("--cancel");
    await stack.venue.ask({ op: "pace", paused: false });
    expect([exitCode, report.verdict, report.doubts]).toEqual([0, "verified", []]);
    expect(report.accounts[0]).toMatchObject({ proven: true, ordersAfter: [] });
    expect(report.accounts[0]!.ordersBefore.length).toBeGreaterThan(0);
    expect(report.stores.map(({ store, accepted }) => [store, accepted])).toEqual([
      ["postgres", true],
      ["redis", true],
      ["file", true],
      ["process", true],
    ]);
    expect(report.workers).toMatchObject([{ epoch: report.epoch }]);
    expect(await stack.venueOrders()).toEqual([]);
    await expectSilence();
    const [row] = await stack.sql.query("SELECT count(*) AS n FROM order_intent WHERE epoch >= $1", [report.epoch]);
    expect(row).toEqual({ n: 0 });
  });

  test("KS-27 KS-28 what the venue does when this host dies is said before, and done without anybody", async () => {
    await trading({ partitions: RESTING, env: { TTT_VENUE_DEAD_MAN_MS: "3000" } }, rests);
    await pausedWhen(rests);
    const said = async () => JSON.parse((await stack.ttt("kill", "status", "--json")).stdout).data.hostLoss;
    await until(async () => (await said()).withdrawn === (await stack.venueOrders()).length);
    expect(await said()).toMatchObject({
      stayLive: 0,
      words: expect.stringMatching(/cancels \d+ orders? within 15 s$/),
    });
    // As long as the worker lives, the switch is pushed out: the order outlasts it.
    const refreshes = async () => (await stack.call("worker-1", "trading")) as { atVenue: { withinMs: number } };
    const { withinMs } = (await refreshes()).atVenue;
    await until(async () => (await refreshes()).atVenue.withinMs < withinMs);
    await until(async () => (await refreshes()).atVenue.withinMs > withinMs);
    expect(await rests()).toBe(true);
    await stack.signal("worker-1", "SIGKILL");
    // Nobody starts it again, and nobody asks for anything.
    await until(async () => (await stack.venueOrders()).length === 0);
  });

  test("KS-01 KS-02 one decision withdraws some of the orders or all of them; what is not ours is named and left alone", async () => {
    const accounts = ["a", "b"];
    const partitions = accounts.map((account) => RESTING.replace("?", `:${account}?`)).join(";");
    const restingOf = async () => new Set((await stack.venueOrders()).map(({ account }) => account));
    await trading({ partitions }, async () => (await restingOf()).size === accounts.length);
    await pausedWhen(async () => (await restingOf()).size === accounts.length);
    await orderByHand({ clientOrderId: "by-hand-1", account: "b" });

    const some = await stack.kill("--scope", "account:a", "--cancel");
    expect([some.exitCode, some.report.accounts.map(({ account }) => account)]).toEqual([0, ["a"]]);
    expect(await restingOf()).toEqual(new Set(["b"]));
    const all = await stack.kill("--cancel");
    expect(all.exitCode).toBe(0);
    expect(all.report.accounts.map(({ account, foreign }) => [account, foreign])).toEqual([
      ["a", []],
      ["b", ["by-hand-1"]],
    ]);
    expect((await stack.venueOrders()).map(({ clientOrderId }) => clientOrderId)).toEqual(["by-hand-1"]);
  });

  test("KS-04 the level outlives every process, and an arm brings trading back", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    const { report } = await stack.kill();
    await stack.signal("worker-1", "SIGKILL");
    await stack.signal("paper-venue", "SIGKILL");
    await stack.startAll();
    await expectSilence();
    const status = JSON.parse((await stack.ttt("kill", "status", "--json")).stdout);
    expect(status.data).toMatchObject({ level: "BLOCK", epoch: report.epoch });

    const before = await stack.ordersAtVenue();
    expect((await stack.ttt("arm", "--reason", "test")).exitCode).toBe(0);
    await until(async () => (await stack.ordersAtVenue()) > before);
    expect((await stack.ttt("audit", "verify")).exitCode).toBe(0);
  });

  test("KS-20 the same command id is the same kill; of another scope it is another, and not lost", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    const one = ["--scope", "strategy:sma-cross", "--command-id", "one"];
    const first = await stack.kill(...one);
    const second = await stack.kill(...one);
    expect(second.report.epoch).toBe(first.report.epoch);
    const wider = await stack.kill("--command-id", "one");
    expect(wider.report).toMatchObject({ scope: "global", level: "BLOCK", epoch: (first.report.epoch ?? 0) + 1 });
    expect([first.exitCode, second.exitCode, wider.exitCode]).toEqual([0, 0, 0]);
  });

  test("KS-19 exit 3: a worker that stands still has not acknowledged; KS-10 once its permit has run out it counts", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    await stack.signal("worker-1", "SIGSTOP");
    const release = await stack.holdPermits();
    const hasty = await stack.kill("--ack-timeout", "200");
    expect([hasty.exitCode, hasty.report.verdict]).toEqual([3, "unacknowledged"]);
    await release();
    const patient = await stack.kill();
    expect(patient.exitCode).toBe(0);
    const before = await stack.ordersAtVenue();
    await stack.signal("worker-1", "SIGCONT");
    await until(async () => stack.log("worker-1").includes("killed over the control socket"));
    await bars(50);
    expect(await stack.ordersAtVenue()).toBe(before);
  });

  test("KS-19 exit 4: an order that the venue will not cancel remains, and is named", async () => {
    await trading({ partitions: RESTING }, rests);
    await stack.venue.ask({ op: "faults", faults: { refuseCancels: 1_000_000 } });
    await pausedWhen(rests);
    const { exitCode, report } = await stack.kill("--cancel", "--timeout", "1");
    expect([exitCode, report.verdict]).toEqual([4, "residual-orders"]);
    expect(report.accounts[0]!.ordersAfter).toEqual((await stack.venueOrders()).map((order) => order.clientOrderId));
  });

  test("KS-19 exit 5: a position that cannot be closed in a market that stands still remains, and is named", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    await pausedWhen(holds);
    // Long enough to prove on a busy machine that no order rests: that comes before the position that is left.
    const { exitCode, report } = await stack.kill("--flatten", "--timeout", "6");
    expect([exitCode, report.verdict]).toEqual([5, "residual-position"]);
    expect(report.accounts[0]!.positionsAfter).toEqual([{ instrument: "SYN-USD", quantity: 10 }]);
    expect(report.level).toBe("BLOCK");
  });

  test("KS-19 exit 6: no store takes it", async () => {
    stack = await TradingStack.open({ partitions: CROSS });
    stack.postgres.cut();
    stack.redis.cut();
    writeFileSync(join(stack.home, "kill"), "not a folder");
    const { exitCode, report } = await stack.kill();
    expect([exitCode, report.verdict]).toEqual([6, "not-stored"]);
    expect(report.stores.every(({ accepted, error }) => !accepted && error !== "")).toBe(true);
  });

  test("KS-16 flatten closes under REDUCE_ONLY through the worker's own gate, then blocks", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    await until(holds);
    const { exitCode, report } = await stack.kill("--flatten");
    expect([exitCode, report.verdict, report.level]).toEqual([0, "verified", "BLOCK"]);
    expect(await stack.venuePosition("SYN-USD")).toBe(0);
    const levels = await stack.sql.query<{ after: string }>(
      "SELECT body::jsonb->>'after' AS after FROM journal WHERE kind = 'trading-level.raised' ORDER BY seq",
    );
    expect([levels[0]?.after, levels.at(-1)?.after]).toEqual(["REDUCE_ONLY", "BLOCK"]);
    const exits = await stack.sql.query("SELECT reduce_only FROM order_intent WHERE origin = 'operator-exit'");
    expect(exits.every((row) => row.reduce_only === true)).toBe(true);
    await expectSilence();
  });
});

describe("kills that need no command", () => {
  test("KS-06 SIGUSR2 blocks the worker at once, and comes on record", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    await stack.signal("worker-1", "SIGUSR2");
    await until(async () => stack.log("worker-1").includes("blocked by signal"));
    await expectSilence();
    await until(async () => {
      const [row] = await stack.sql.query<{ level: string }>("SELECT level FROM trading_level WHERE scope = 'global'");
      return row?.level === "BLOCK";
    });
  });

  test("KS-05 SET ttt:kill:global BLOCK by hand blocks, and an arm lifts it", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    const hand = new Redis(stack.env.REDIS_URL!);
    await hand.set("ttt:kill:global", "BLOCK");
    await until(async () => {
      const [row] = await stack.sql.query<{ level: string }>("SELECT level FROM trading_level WHERE scope = 'global'");
      return row?.level === "BLOCK";
    });
    hand.disconnect();
    await expectSilence();
    const before = await stack.ordersAtVenue();
    expect((await stack.ttt("arm", "--reason", "test")).exitCode).toBe(0);
    await until(async () => (await stack.ordersAtVenue()) > before);
  });

  test("KS-21 a file in the kill folder blocks", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    writeFileSync(join(stack.home, "kill", "now"), "");
    await until(async () => {
      const { data } = JSON.parse((await stack.ttt("kill", "status", "--json")).stdout);
      return data.workers[0]?.level === "BLOCK";
    });
    await expectSilence();
  });
});

describe("kills while a store is away", () => {
  test.each([
    ["dead", () => stack.postgres.cut()],
    ["standing still", () => stack.postgres.stall()],
  ])(
    "KS-21 with PostgreSQL %s the kill still works, says so, and comes on record when it is back",
    async (_how, begin) => {
      await trading({ partitions: RESTING }, rests);
      await pausedWhen(rests);
      begin();
      // As long as it waits by itself: a server that stands still is not waited for longer.
      const { exitCode, report } = await stack.kill("--cancel", "--ack-timeout", "4000");
      expect([exitCode, report.verdict]).toEqual([3, "unacknowledged"]);
      expect(report.doubts[0]).toContain("postgres did not accept");
      expect(report.doubts.join("\n")).toContain(
        "workers on other hosts are known only to postgres, which did not accept",
      );
      expect(report.stores.map(({ store, accepted }) => [store, accepted])).toEqual([
        ["postgres", false],
        ["redis", true],
        ["file", true],
        ["process", true],
      ]);
      expect(report.accounts[0]!.ordersBefore.length).toBeGreaterThan(0);
      expect(report.accounts).toMatchObject([{ proven: true, ordersAfter: [] }]);
      expect(await stack.venueOrders()).toEqual([]);
      // Who obeys is known without the authority too, and whose kill it is.
      const { stdout } = await stack.ttt("kill", "status");
      expect(stdout).toMatch(/by \S+: test/);
      expect(stdout).toMatch(/^worker-1\.\S+ +BLOCK /m);

      await stack.venue.ask({ op: "pace", paused: false });
      stack.postgres.resume();
      await until(async () => {
        const [row] = await stack.sql.query<{ level: string }>(
          "SELECT level FROM trading_level WHERE scope = 'global'",
        );
        return row?.level === "BLOCK";
      });
      await expectSilence();
    },
  );

  test("KS-21 with Redis dead the kill still works and says so", async () => {
    await trading({ partitions: CROSS }, hasTraded);
    stack.redis.cut();
    const { exitCode, report } = await stack.kill();
    expect(exitCode).toBe(0);
    expect(report.stores.find(({ store }) => store === "redis")).toMatchObject({ accepted: false });
  });
});
