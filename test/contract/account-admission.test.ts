import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainOrder } from "../../src/actions/risk/explain-order.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { PostgresDecisionStore } from "../../src/adapters/postgres/postgres-decision-store.ts";
import { PostgresLeaseStore } from "../../src/adapters/postgres/postgres-lease-store.ts";
import { PostgresOrderStore } from "../../src/adapters/postgres/postgres-order-store.ts";
import { clientOrderId } from "../../src/trading/client-order-id.ts";
import type { FillId } from "../../src/trading/fill.ts";
import { type AccountId, accountId, lots, micros, strategyId, ticks, venueId } from "../../src/trading/instrument.ts";
import type { Intent } from "../../src/trading/intent.ts";
import { type PartitionId, partitionId } from "../../src/trading/lease.ts";
import type { Side } from "../../src/trading/order.ts";
import { applyFill, flat } from "../../src/trading/position.ts";
import {
  type AdmissionRequest,
  admitReservations,
  type ReservationAsk,
  type SharedLimits,
} from "../../src/trading/risk/account-admission.ts";
import { roomFor } from "../support/admission.ts";
import { BTC } from "../support/risk-context.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

let postgres: Postgres;
let leases: PostgresLeaseStore;
/** A connection pool for each worker, so that they truly race. */
let pools: Postgres[];
let workers: PostgresOrderStore[];

beforeAll(async () => {
  const url = await migratedDatabase();
  postgres = await openPostgres(url);
  leases = new PostgresLeaseStore(postgres);
  pools = await Promise.all([1, 2, 3].map(() => openPostgres(url)));
  const instruments = new Map([[BTC.id, BTC]]);
  workers = pools.map((pool, index) => new PostgresOrderStore(pool, { worker: `w${index + 1}`, instruments }));
});
afterAll(() => Promise.all([postgres, ...pools].map((one) => one.close())));

const strategy = strategyId("sma-cross");
const venue = venueId("paper");
const none: SharedLimits = { maxPositionLots: null, maxOpenOrders: null, maxOpenNotional: null, paced: true };
let partitions = 0;

/** A partition of the account under a lease. */
class Desk {
  readonly account: AccountId;
  readonly partition: PartitionId;
  readonly token: number;
  #sequence = 0;
  #change = 0;

  private constructor(account: AccountId, partition: PartitionId, token: number) {
    this.account = account;
    this.partition = partition;
    this.token = token;
  }

  static async open(account: AccountId): Promise<Desk> {
    const partition = partitionId(`admission-${++partitions}`);
    return new Desk(account, partition, (await leases.take(partition, "w", 600_000))!.token);
  }

  intent(side: Side, quantity: number, more: { reducing?: boolean; group?: string } = {}): Intent {
    const sequence = ++this.#sequence;
    const id = clientOrderId(this.partition, strategy, sequence);
    const { reducing = false, group } = more;
    return {
      ...{ id, sequence, reducing, epoch: 1, origin: "strategy", decidedAt: 0 },
      ...{ partition: this.partition, token: this.token },
      owner: { venue, account: this.account, strategy, instrument: BTC.id },
      terms: {
        ...{ instrument: BTC.id, side, type: "limit", timeInForce: "gtc", reduceOnly: false },
        ...{ quantity: lots(quantity), limit: ticks(10_000) },
        ...(group !== undefined && { group }),
      },
      decision: {
        ...{ order: id, allowed: true, results: [], overrides: [], buildHash: "b" },
        ...{ limitsVersion: 1, epoch: 1, token: this.token },
      },
    };
  }

  commit(
    worker: number,
    intents: readonly Intent[],
    ask: Partial<ReservationAsk> | ((intent: Intent) => Partial<ReservationAsk>),
    request: Partial<AdmissionRequest> = {},
  ) {
    const { partition, token } = this;
    return workers[worker]!.commitIntents(partition, token, intents, roomFor(intents, ask, request));
  }

  /** The venue has the order in this state now. */
  async becomes(made: Intent, state: "accepted" | "canceled" | "filled", filled = 0): Promise<void> {
    const { id, terms, owner } = made;
    const { partition, token } = this;
    const fill = {
      ...{ id: `f-${id}` as FillId, order: id, instrument: BTC.id, side: terms.side, lots: lots(filled) },
      ...{ price: ticks(10_000), commission: micros(0), time: 1_700_000_000_000 },
    };
    await workers[0]!.recordBook(partition, owner, {
      ...{ token, change: ++this.#change, orders: [{ id, terms, owner, state, filled: lots(filled) }] },
      fills: filled === 0 ? [] : [fill],
      positions: filled === 0 ? [] : [applyFill(flat(BTC.id), fill)],
    });
  }
}

const refusedOf = (outcome: Awaited<ReturnType<Desk["commit"]>>) =>
  outcome.kind === "committed" ? outcome.refused.map(({ code }) => code) : [outcome.kind];

let accounts = 0;
const newAccount = () => accountId(`shared-${++accounts}`);
const positionOf = (maxPositionLots: number) => ({ limits: { ...none, maxPositionLots } });

describe("an account's room, in PostgreSQL", () => {
  test("RC-04 of workers that race for the last room exactly one gets it, every time", async () => {
    for (let round = 0; round < 25; round++) {
      const account = newAccount();
      const desks = await Promise.all(workers.map(() => Desk.open(account)));
      const outcomes = await Promise.all(
        desks.map((desk, worker) => desk.commit(worker, [desk.intent("buy", 60)], positionOf(100))),
      );
      expect(outcomes.flatMap(refusedOf)).toEqual(["ACCOUNT_POSITION_ABOVE_LIMIT", "ACCOUNT_POSITION_ABOVE_LIMIT"]);
      const rows = await postgres.query<{ state: string }>(
        "SELECT state FROM order_intent WHERE account = $1 ORDER BY state DESC",
        [account],
      );
      expect(rows.map(({ state }) => state)).toEqual(["initialized", "denied", "denied"]);
    }
  });

  test("RC-04 cash that two workers both see free is spent once", async () => {
    const account = newAccount();
    const desks = await Promise.all([Desk.open(account), Desk.open(account)]);
    const cash = { free: micros(100e6), reserved: micros(0), ageMs: 600_000 };
    const outcomes = await Promise.all(
      desks.map((desk, worker) =>
        desk.commit(worker, [desk.intent("buy", 60)], { notional: micros(60e6), cash: micros(60e6) }, { cash }),
      ),
    );
    expect(outcomes.flatMap(refusedOf)).toEqual(["ACCOUNT_CASH_INSUFFICIENT"]);

    // Bought means spent, too, as long as the cash was shown before it.
    const winner = outcomes.findIndex((outcome) => refusedOf(outcome).length === 0);
    const loser = desks[1 - winner]!;
    const made = desks[winner]!.intent("buy", 60);
    await desks[winner]!.becomes({ ...made, id: clientOrderId(desks[winner]!.partition, strategy, 1) }, "filled", 60);
    const ask = { notional: micros(95e6), cash: micros(95e6) };
    expect(refusedOf(await loser.commit(0, [loser.intent("buy", 60)], ask, { cash }))).toEqual([
      "ACCOUNT_CASH_INSUFFICIENT",
    ]);
    const shownSince = { ...cash, ageMs: 0 };
    expect(refusedOf(await loser.commit(0, [loser.intent("buy", 60)], ask, { cash: shownSince }))).toEqual([]);
  });

  test("RC-03 RC-04 what was reserved is given back by the order's end alone, and a fill keeps its room", async () => {
    const account = newAccount();
    const [one, two] = [await Desk.open(account), await Desk.open(account)];
    const first = one.intent("buy", 60);
    expect(refusedOf(await one.commit(0, [first], positionOf(100)))).toEqual([]);
    await one.becomes(first, "accepted");
    expect(refusedOf(await two.commit(1, [two.intent("buy", 60)], positionOf(100)))).toHaveLength(1);
    await one.becomes(first, "canceled");
    const second = one.intent("buy", 60);
    expect(refusedOf(await one.commit(0, [second], positionOf(100)))).toEqual([]);
    await one.becomes(second, "filled", 60);
    expect(refusedOf(await two.commit(1, [two.intent("buy", 60)], positionOf(100)))).toHaveLength(1);
    expect(refusedOf(await two.commit(1, [two.intent("buy", 40)], positionOf(100)))).toEqual([]);
  });

  test("RC-04 an order that only reduces is never refused, and waits for nobody", async () => {
    const account = newAccount();
    const [one, two] = [await Desk.open(account), await Desk.open(account)];
    // A commit of somebody else that holds the account's turnstile for as long as this test wants.
    await one.commit(0, [one.intent("buy", 1)], positionOf(100));
    await pools[2]!.transaction(async (sql) => {
      await sql.query("SELECT 1 FROM account_pace WHERE account = $1 FOR UPDATE", [account]);
      const exit = two.intent("sell", 60, { reducing: true });
      expect(refusedOf(await two.commit(1, [exit], positionOf(0)))).toEqual([]);
    });
  });

  test("RC-04 OL-02 a repeated commit gives the first answer again, and takes no second room", async () => {
    const account = newAccount();
    const [one, two] = [await Desk.open(account), await Desk.open(account)];
    const turn = [one.intent("buy", 60), one.intent("buy", 60)];
    const first = await one.commit(0, turn, positionOf(100));
    expect(refusedOf(first)).toEqual(["ACCOUNT_POSITION_ABOVE_LIMIT"]);
    const again = await Promise.all([0, 1, 2].map((worker) => one.commit(worker, turn, positionOf(100))));
    expect(again).toEqual([first, first, first]);
    expect(refusedOf(await two.commit(1, [two.intent("buy", 40)], positionOf(100)))).toEqual([]);
    // The same turn under way twice at once is one turn.
    const racing = [one.intent("sell", 10), one.intent("buy", 1)];
    const both = await Promise.all([0, 1, 2].map((worker) => one.commit(worker, racing, positionOf(100))));
    expect(both[1]).toEqual(both[0]);
    expect(both[2]).toEqual(both[0]);
  });

  test("RC-05 what the account refused is on record with the check, its values and the code", async () => {
    const account = newAccount();
    const one = await Desk.open(account);
    const [made] = [one.intent("buy", 60)];
    await one.commit(0, [made], positionOf(50));
    const explained = await explainOrder(new PostgresDecisionStore(postgres), made.id);
    expect(explained.intent).toMatchObject({ state: "denied" });
    expect(explained.decisions[0]).toMatchObject({ allowed: false, code: "ACCOUNT_POSITION_ABOVE_LIMIT" });
    expect(explained.decisions[0]!.checks.at(-1)).toMatchObject({
      check: "RC-04",
      verdict: { kind: "DENY", values: { observed: 60, limit: 50 } },
    });
    expect(explained.decisions[0]!.meaning).toContain("other partitions");
    // It has ended: it holds no room, and its id is used up.
    expect(await workers[0]!.load(one.partition, made.owner)).toMatchObject({ orders: [], nextSequence: 2 });
  });

  test("RC-04 PostgreSQL says what the rule says, whatever the account holds", async () => {
    const side = fc.constantFrom<Side[]>("buy", "sell");
    const size = fc.integer({ min: 1, max: 60 });
    const limit = fc.option(fc.integer({ min: 0, max: 200 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ side, size, group: fc.option(fc.constantFrom("g", "h"), { nil: undefined }) }), {
          maxLength: 4,
        }),
        fc.array(fc.record({ side, size, reducing: fc.boolean() }), { minLength: 1, maxLength: 4 }),
        fc.record({ maxPositionLots: limit, maxOpenOrders: fc.constantFrom(null, 0, 2, 5), maxOpenNotional: limit }),
        fc.record({ position: fc.integer({ min: -50, max: 50 }), buys: size, sells: size }),
        fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
        async (resting, wanted, limits, held, free) => {
          const account = newAccount();
          const [other, own] = [await Desk.open(account), await Desk.open(account)];
          const worth = ({ terms }: Intent) => ({
            notional: micros(terms.quantity),
            cash: micros(terms.side === "buy" ? terms.quantity : 0),
          });
          await other.commit(
            0,
            resting.map((one) => other.intent(one.side, one.size, one.group === undefined ? {} : { group: one.group })),
            worth,
          );
          const part = { position: lots(held.position), buys: lots(held.buys), sells: lots(held.sells) };
          const request = {
            own: { instruments: new Map([[BTC.id, part]]), openOrders: 1, openNotional: micros(7) },
            cash: free === undefined ? undefined : { free: micros(free), reserved: micros(3), ageMs: 0 },
          };
          const intents = wanted.map((one) => own.intent(one.side, one.size, one));
          const ask = (intent: Intent) => ({ ...worth(intent), limits: { ...limits, paced: true } });
          const outcome = await own.commit(1, intents, ask, request);

          // What of the others counts: of each group and side the largest, everything else in full.
          const largest = (of: Side) => {
            const sizes = new Map<string, number>();
            for (const [index, one] of resting.entries()) {
              const part = one.group ?? String(index);
              if (one.side === of) sizes.set(part, Math.max(one.size, sizes.get(part) ?? 0));
            }
            return [...sizes.values()].reduce((sum, one) => sum + one, 0);
          };
          const exposure = {
            instruments: new Map([
              [BTC.id, { ...part, buys: lots(part.buys + largest("buy")), sells: lots(part.sells + largest("sell")) }],
            ]),
            openOrders: 1 + resting.length,
            openNotional: micros(7 + resting.reduce((sum, one) => sum + one.size, 0)),
            cashLeft: free === undefined ? undefined : micros(free - 3 - largest("buy")),
          };
          const expected = admitReservations(exposure, roomFor(intents, ask).asks);
          expect(outcome).toEqual({ kind: "committed", ...expected });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("what a worker reads of the account's others", () => {
  test("RC-04 RC-22 their positions, open orders and cost at this account, and resting prices at any", async () => {
    const [account, elsewhere] = [newAccount(), newAccount()];
    const [one, two, far] = [await Desk.open(account), await Desk.open(account), await Desk.open(elsewhere)];
    const owner = { venue: venueId("quiet-venue"), account, strategy };
    const at = (made: Intent): Intent => ({ ...made, owner: { ...made.owner, venue: owner.venue } });
    const bought = at(two.intent("buy", 60));
    const selling = at(two.intent("sell", 25));
    const away = at(far.intent("buy", 5));
    await two.commit(0, [bought, selling], { notional: micros(7) });
    await far.commit(0, [away], {});
    await two.becomes(bought, "filled", 60);
    const { others, worth } = await workers[1]!.others(one.partition, owner);
    expect(others.get(BTC.id)).toMatchObject({
      ...{ position: 60, openBuys: 0, openSells: 25, openOrders: 1, shared: true },
      ...{ highestBuy: 10_000, lowestSell: 10_000 },
    });
    // 60 lots of a thousandth at 100.00.
    expect(worth).toBe(6e6);
    // Whoever trades elsewhere at the venue must not be met, and shares nothing else.
    const seen = await workers[1]!.others(far.partition, { ...owner, account: elsewhere });
    expect(seen.others.get(BTC.id)).toMatchObject({ position: 0, shared: false, lowestSell: 10_000 });
    expect(seen.worth).toBe(0);
  });
});

describe("an account's pace, in PostgreSQL", () => {
  const pace = { perSecond: 0.001, burst: 5, perDay: null };

  test("RC-40 three workers share the account's bucket, and an exit never waits for it", async () => {
    const account = newAccount();
    const desks = await Promise.all(workers.map(() => Desk.open(account)));
    const outcomes = await Promise.all(
      desks.flatMap((desk, worker) =>
        [1, 2, 3, 4].map(() => desk.commit(worker, [desk.intent("buy", 1)], {}, { pace })),
      ),
    );
    const refused = outcomes.flatMap(refusedOf);
    expect(refused).toEqual(Array.from({ length: 7 }, () => "ACCOUNT_MESSAGE_RATE_ABOVE_LIMIT"));
    const [one] = desks;
    expect(refusedOf(await one!.commit(0, [one!.intent("sell", 1, { reducing: true })], {}, { pace }))).toEqual([]);
    // Another account has a bucket of its own.
    const other = await Desk.open(newAccount());
    expect(refusedOf(await other.commit(0, [other.intent("buy", 1)], {}, { pace }))).toEqual([]);
  });

  test("RC-40 the bucket refills with time", async () => {
    const desk = await Desk.open(newAccount());
    const one = { pace: { perSecond: 1_000, burst: 1, perDay: null } };
    await desk.commit(0, [desk.intent("buy", 1)], {}, one);
    await expect
      .poll(async () => refusedOf(await desk.commit(0, [desk.intent("buy", 1)], {}, one)), { interval: 5 })
      .toEqual([]);
  });

  test("RC-40 where the venue has a bucket of its own all its accounts share that", async () => {
    const desks = await Promise.all([Desk.open(newAccount()), Desk.open(newAccount())]);
    const own = venueId("slow-venue");
    const request = { venue: own, venuePace: { perSecond: 0.001, burst: 3, perDay: null } };
    const outcomes = await Promise.all(
      desks.flatMap((desk, worker) => [1, 2].map(() => desk.commit(worker, [desk.intent("buy", 1)], {}, request))),
    );
    expect(outcomes.flatMap(refusedOf)).toEqual(["VENUE_MESSAGE_RATE_ABOVE_LIMIT"]);
  });

  test("RC-41 the day's orders are the account's, and a worker that starts anew does not forget them", async () => {
    const account = newAccount();
    const daily = { pace: { perSecond: null, burst: null, perDay: 3 } };
    const one = await Desk.open(account);
    await one.commit(0, [one.intent("buy", 1), one.intent("buy", 1)], {}, daily);
    const next = await Desk.open(account);
    const outcome = await next.commit(1, [next.intent("buy", 1), next.intent("buy", 1)], {}, daily);
    expect(refusedOf(outcome)).toEqual(["ACCOUNT_ORDERS_PER_DAY_ABOVE_LIMIT"]);
    await postgres.execute("UPDATE account_pace SET day = day - 1 WHERE account = $1", [account]);
    expect(refusedOf(await next.commit(1, [next.intent("buy", 1)], {}, daily))).toEqual([]);
  });
});
