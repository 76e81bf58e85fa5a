import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMIT_INTENTS } from "../../src/adapters/postgres/order-sql.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresKillAuthority } from "../../src/adapters/postgres/postgres-kill-authority.ts";
import { PostgresLeaseStore } from "../../src/adapters/postgres/postgres-lease-store.ts";
import { PostgresOrderStore } from "../../src/adapters/postgres/postgres-order-store.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { clientOrderId } from "../../src/trading/client-order-id.ts";
import type { Fill, FillId } from "../../src/trading/fill.ts";
import {
  accountId,
  type Instrument,
  instrumentId,
  lots,
  micros,
  strategyId,
  ticks,
  venueId,
} from "../../src/trading/instrument.ts";
import type { Intent } from "../../src/trading/intent.ts";
import { type PartitionId, partitionId } from "../../src/trading/lease.ts";
import type { Order } from "../../src/trading/order.ts";
import { applyFill, flat } from "../../src/trading/position.ts";
import type { Scope } from "../../src/trading/scope.ts";
import { roomFor } from "../support/admission.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

let postgres: Postgres;
let leases: PostgresLeaseStore;
let orders: PostgresOrderStore;

const instrument: Instrument = {
  id: instrumentId("GOOG"),
  venue: venueId("paper"),
  tickSize: "0.01",
  lotSize: "0.001",
  multiplier: 1,
  currency: "USD",
  minimum: lots(1),
  maximum: lots(1_000_000),
};
const owner = { venue: venueId("paper"), account: accountId("main"), strategy: strategyId("sma-cross") };
const LIFE = 600_000;

beforeAll(async () => {
  postgres = await openPostgres(await migratedDatabase());
  leases = new PostgresLeaseStore(postgres);
  orders = new PostgresOrderStore(postgres, { worker: "w1", instruments: new Map([[instrument.id, instrument]]) });
});
afterAll(() => postgres.close());

const commit = (partition: PartitionId, token: number, intents: readonly Intent[]) =>
  orders.commitIntents(partition, token, intents, roomFor(intents));

let partitions = 0;
async function held(): Promise<{ partition: PartitionId; token: number }> {
  const partition = partitionId(`p${++partitions}`);
  const lease = await leases.take(partition, "w1", LIFE);
  return { partition, token: lease!.token };
}

function intent(partition: PartitionId, sequence: number, token: number): Intent {
  const id = clientOrderId(partition, owner.strategy, sequence);
  return {
    id,
    partition,
    sequence,
    token,
    epoch: 1,
    owner: { ...owner, instrument: instrument.id },
    terms: {
      instrument: instrument.id,
      side: "buy",
      type: "limit",
      quantity: lots(1_500),
      limit: ticks(10_034),
      timeInForce: "gtc",
      reduceOnly: false,
    },
    origin: "strategy",
    reducing: false,
    decidedAt: 0,
    decision: {
      order: id,
      allowed: true,
      results: [],
      limitsVersion: 1,
      epoch: 1,
      token,
      buildHash: "b",
      overrides: [],
    },
  };
}

const orderFrom = ({ id, terms, owner: whose }: Intent, more: Partial<Order> = {}): Order => ({
  id,
  terms,
  owner: whose,
  state: "accepted",
  filled: lots(0),
  ...more,
});

const fillOf = (made: Intent, id: string, quantity: number): Fill => ({
  id: id as FillId,
  order: made.id,
  instrument: instrument.id,
  side: "buy",
  lots: lots(quantity),
  price: ticks(10_030),
  commission: micros(1_000),
  time: 1_700_000_000_000,
});

describe("leases", () => {
  test("OL-04 one holder at a time, and the token grows at every take-over", async () => {
    const partition = partitionId("lease-1");
    expect(await leases.take(partition, "a", LIFE)).toMatchObject({ token: 1 });
    expect(await leases.take(partition, "b", LIFE)).toBeUndefined();
    await leases.release(partition, "a", 1);
    expect(await leases.take(partition, "b", LIFE)).toMatchObject({ token: 2 });
    expect(await leases.renew(partition, "a", 1, LIFE)).toBeUndefined();
    expect(await leases.renew(partition, "b", 2, LIFE)).toMatchObject({ token: 2 });
  });

  test("OL-04 of many that ask at once one gets it", async () => {
    const asked = Array.from({ length: 8 }, (_, index) => leases.take(partitionId("lease-2"), `w${index}`, LIFE));
    expect((await Promise.all(asked)).filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  test("OL-04 one that ran out is not renewed, even when nobody took it", async () => {
    const lease = await leases.take(partitionId("lease-3"), "a", 1);
    await expect
      .poll(async () => (await leases.list()).find((row) => row.partition === "lease-3")!.remainingMs < 0)
      .toBe(true);
    expect(await leases.renew(partitionId("lease-3"), "a", lease!.token, LIFE)).toBeUndefined();
  });

  test("OL-04 a holder that died takes up what it had, under a new token", async () => {
    await leases.take(partitionId("lease-4"), "a", LIFE);
    expect(await leases.take(partitionId("lease-4"), "a", LIFE)).toMatchObject({ token: 2 });
  });

  test("OL-04 a take-over waits for the commit under way, and a renewal does not", async () => {
    const { partition, token } = await held();
    await postgres.transaction(async (committing) => {
      const [commit] = await committing.query(COMMIT_INTENTS, [partition, token, "w1", "[]", "{}"]);
      expect(commit).toMatchObject({ held: true });
      expect(await leases.renew(partition, "w1", token, LIFE)).toMatchObject({ token });
      const takeOver = postgres.transaction(async (other) => {
        await other.execute("SET LOCAL lock_timeout = '100ms'");
        await other.execute("UPDATE lease SET token = token + 1 WHERE partition = $1", [partition]);
      });
      await expect(takeOver).rejects.toMatchObject({ code: "55P03" });
    });
    expect(await leases.take(partition, "w1", LIFE)).toMatchObject({ token: token + 1 });
  });

  test("OL-09 a holder is asked to drain", async () => {
    const { partition, token } = await held();
    await leases.askToDrain(partition);
    expect(await leases.renew(partition, "w1", token, LIFE)).toMatchObject({ drain: true });
  });
});

describe("order store in PostgreSQL", () => {
  test("OL-02 a partition that nobody traded is empty", async () => {
    const { partition } = await held();
    expect(await orders.load(partition, owner)).toEqual({
      nextSequence: 1,
      orders: [],
      positions: [],
      appliedFills: [],
      fillCursor: "",
      doneRequests: [],
      endedOrders: [],
      armedEpoch: 0,
      runsSinceHuman: 0,
      equity: undefined,
    });
  });

  test("OL-02 intents of one turn are one commit, and a repeated commit is the same one", async () => {
    const { partition, token } = await held();
    const intents = [intent(partition, 1, token), intent(partition, 2, token)];
    expect(await commit(partition, token, intents)).toEqual({ kind: "committed", refused: [] });
    expect(await commit(partition, token, intents)).toEqual({ kind: "committed", refused: [] });
    const stored = await orders.load(partition, owner);
    expect(stored.nextSequence).toBe(3);
    expect(stored.orders.map((one) => one.intent)).toEqual(intents);
    expect(stored.orders.map((one) => one.order.state)).toEqual(["initialized", "initialized"]);
  });

  test("RC-05 the decision lies beside its intent, in the same row", async () => {
    const { partition, token } = await held();
    const made = intent(partition, 1, token);
    await commit(partition, token, [made]);
    const [row] = await postgres.query(
      "SELECT decision, quantity, limit_price FROM order_intent WHERE partition = $1",
      [partition],
    );
    expect(row).toEqual({ decision: made.decision, quantity: "1.5", limit_price: "100.34" });
  });

  test("OL-04 nothing is written under a token that is not the current one", async () => {
    const { partition, token } = await held();
    const made = intent(partition, 1, token);
    await commit(partition, token, [made]);
    await leases.release(partition, "w1", token);
    const next = await leases.take(partition, "w2", LIFE);

    expect(await commit(partition, token, [intent(partition, 2, token)])).toEqual({
      kind: "refused",
      reason: "fenced",
    });
    const fill = fillOf(made, "F1", 1_500);
    const change = {
      token,
      change: 1,
      orders: [orderFrom(made, { state: "filled", filled: lots(1_500) })],
      fills: [fill],
      positions: [applyFill(flat(instrument.id), fill)],
      fillCursor: "7",
    };
    expect(await orders.recordBook(partition, owner, change)).toBe(false);
    const stored = await orders.load(partition, owner);
    expect(stored).toMatchObject({ nextSequence: 2, positions: [], appliedFills: [], fillCursor: "" });
    expect(stored.orders[0]!.order.state).toBe("initialized");
    expect(await orders.recordBook(partition, owner, { ...change, token: next!.token })).toBe(true);
  });

  test("OL-02 two intents under one sequence are refused for good", async () => {
    const { partition, token } = await held();
    await commit(partition, token, [intent(partition, 1, token)]);
    const other = { ...intent(partition, 1, token), id: clientOrderId(partition, owner.strategy, 99) };
    expect(await commit(partition, token, [other])).toEqual({ kind: "refused", reason: "invalid" });
  });

  test("OL-07 a fill is kept once, and orders, positions and cursor come back as they were", async () => {
    const { partition, token } = await held();
    const made = intent(partition, 1, token);
    await commit(partition, token, [made]);
    const fill = fillOf(made, "F2", 500);
    const position = applyFill(flat(instrument.id), fill);
    const order = orderFrom(made, { state: "partially-filled", filled: lots(500), venueOrderId: "V1" as never });
    const change = { token, change: 1, orders: [order], fills: [fill], positions: [position], fillCursor: "12" };
    expect(await orders.recordBook(partition, owner, change)).toBe(true);
    expect(await orders.recordBook(partition, owner, change)).toBe(true);
    expect(await orders.load(partition, owner)).toMatchObject({
      orders: [{ intent: made, order }],
      positions: [position],
      appliedFills: ["F2"],
      fillCursor: "12",
    });
    const [row] = await postgres.query("SELECT quantity, price, fee FROM fill WHERE partition = $1", [partition]);
    expect(row).toEqual({ quantity: "0.5", price: "100.3", fee: "0.001" });
  });

  test("OL-07 a change that arrives late does not put an old position over a newer one", async () => {
    const { partition, token } = await held();
    const first = fillOf(intent(partition, 1, token), "L1", 500);
    const second = fillOf(intent(partition, 1, token), "L2", 300);
    const early = applyFill(flat(instrument.id), first);
    const late = applyFill(early, second);
    const change = (number: number, fills: (typeof first)[], positions: (typeof late)[], fillCursor: string) =>
      orders.recordBook(partition, owner, { token, change: number, orders: [], fills, positions, fillCursor });
    expect(await change(1, [first], [early], "1")).toBe(true);
    expect(await change(2, [second], [late], "2")).toBe(true);
    expect(await change(1, [first], [early], "1")).toBe(true);
    expect(await orders.load(partition, owner)).toMatchObject({ positions: [late], fillCursor: "2" });
  });

  test("OL-07 a fill of an order that is not in the store is kept all the same", async () => {
    const { partition, token } = await held();
    const fill = fillOf(intent(partition, 1, token), "F3", 500);
    const positions = [applyFill(flat(instrument.id), fill)];
    await orders.recordBook(partition, owner, { token, change: 1, orders: [], fills: [fill], positions });
    expect(await orders.load(partition, owner)).toMatchObject({ positions, appliedFills: ["F3"] });
  });

  test("OL-05 a certificate is written under the current token only", async () => {
    const { partition, token } = await held();
    const certificate = {
      token,
      epoch: 1,
      issuedAt: 1,
      snapshotAt: 1_700_000_000_000,
      openOrders: 0,
      positions: [],
      adoptedOrders: 0,
      adoptedFills: 0,
    };
    expect(await orders.recordCertificate(partition, "w1", certificate)).toBe(true);
    expect(await orders.recordCertificate(partition, "w1", { ...certificate, token: token + 1 })).toBe(false);
  });

  test("RC-42 a strategy's intents are counted from the latest arm of a scope that holds it", async () => {
    const { partition, token } = await held();
    const mine = { ...owner, strategy: strategyId(`counted-${partition}`) };
    const authority = new PostgresKillAuthority(postgres, systemClock);
    const armNow = async (scope: Scope) => {
      const [row] = await postgres.query<{ epoch: number }>("SELECT epoch FROM trading_epoch");
      const who = { reason: "looked at it", actor: "rita", origin: "test", commandId: `${partition}/${row!.epoch}` };
      const armed = await authority.arm({ scope, expectedEpoch: row!.epoch, ...who });
      return armed!.epoch;
    };
    const before = await armNow("global");
    const at = (sequence: number, epoch: number): Intent => ({ ...intent(partition, sequence, token), epoch });
    await commit(partition, token, [at(1, before - 1), at(2, before), { ...at(3, before), origin: "operator-exit" }]);
    expect(await orders.load(partition, mine)).toMatchObject({ armedEpoch: before, runsSinceHuman: 1 });
    await armNow("strategy:another");
    expect(await orders.load(partition, mine)).toMatchObject({ armedEpoch: before, runsSinceHuman: 1 });
    const after = await armNow(`strategy:${mine.strategy}`);
    await commit(partition, token, [at(4, after), at(5, after)]);
    expect(await orders.load(partition, mine)).toMatchObject({ armedEpoch: after, runsSinceHuman: 2 });
  });

  test("RC-47 what losses are measured against is kept for each account, under the current token only", async () => {
    const { partition, token } = await held();
    const marks = { day: 20_000, dayStart: micros(1_000e6), peak: micros(1_200e6), armedEpoch: 3 };
    await orders.recordEquity(partition, owner, token, marks);
    await orders.recordEquity(partition, owner, token, { ...marks, peak: micros(1_300e6) });
    await orders.recordEquity(partition, owner, token - 1, { ...marks, peak: micros(9_000e6) });
    expect((await orders.load(partition, owner)).equity).toEqual({ ...marks, peak: micros(1_300e6) });
    const elsewhere = { ...owner, account: accountId("real") };
    expect((await orders.load(partition, elsewhere)).equity).toBeUndefined();
  });

  test("KS-20 an operator's request that is done stays done over restarts", async () => {
    const { partition } = await held();
    const evidence = {
      request: "r1",
      action: "cancel",
      phase: "cancelling",
      ordersBefore: [],
      canceled: [],
      filledWhileCancelling: [],
      unresolved: [],
      remaining: [],
      foreign: [],
      positionsBefore: [],
      positionsAfter: [],
    } as const;
    await orders.recordProgress(partition, evidence);
    expect((await orders.load(partition, owner)).doneRequests).toEqual([]);
    await orders.recordProgress(partition, { ...evidence, phase: "done" });
    expect((await orders.load(partition, owner)).doneRequests).toEqual(["r1"]);
  });
});
