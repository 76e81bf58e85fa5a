import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lots, micros } from "../../../src/trading/instrument.ts";
import {
  admitReservations,
  type ReservationAsk,
  type SharedLimits,
} from "../../../src/trading/risk/account-admission.ts";
import { assess, decisionRecord } from "../../../src/trading/risk/assess.ts";
import { DEFAULT_LIMITS } from "../../../src/trading/risk/default-limits.ts";
import { COOL_DOWN_MS, FLOW_WINDOW_MS, FlowLog, STOP_OUT_WINDOW_MS } from "../../../src/trading/risk/flow.ts";
import { changeLimit, type LimitChange } from "../../../src/trading/risk/limit-change.ts";
import { LIMITS, type LimitRow, type LimitSet, resolveLimits } from "../../../src/trading/risk/limits.ts";
import { BTC, limits, OWNER, orderId, riskContext } from "../../support/risk-context.ts";

const row = (change: Partial<LimitRow>): LimitRow => ({
  name: "maxOrderLots",
  scope: "global",
  value: 100,
  kind: "hard",
  ...change,
});
const lotsLimit = (set: LimitSet, epoch = 1, wall = 0) => resolveLimits(set, OWNER, wall, epoch).maxOrderLots;
const change = (to: Partial<LimitChange>): LimitChange => ({
  name: "maxOrderLots",
  scope: "global",
  value: 50,
  kind: "hard",
  reason: "smaller book",
  requestedBy: "ann",
  approvedBy: undefined,
  ...to,
});
const now = { epoch: 7, wall: 1_000 };
const held: LimitSet = { version: 3, rows: [row({})] };
const changed = (to: Partial<LimitChange>, set = held) => {
  const result = changeLimit(set, change(to), now);
  return result.ok ? result.value : result.refusal.code;
};

describe("limits", () => {
  test("the strictest over all scopes of an order holds; others' scopes do not count", () => {
    const rows = [
      row({}),
      row({ scope: "strategy:sma-cross", value: 20 }),
      row({ scope: "strategy:other", value: 1 }),
      row({ scope: "venue:paper", value: 500 }),
    ];
    expect(lotsLimit({ version: 1, rows })).toMatchObject({ value: 20, scope: "strategy:sma-cross" });
  });

  test("RC-02 never set is not the same as none on purpose", () => {
    expect(lotsLimit({ version: 1, rows: [] })).toBeUndefined();
    expect(lotsLimit({ version: 1, rows: [row({ value: null })] })).toBeNull();
    expect(
      lotsLimit({ version: 1, rows: [row({ value: null }), row({ scope: "account:main", value: 5 })] }),
    ).toMatchObject({ value: 5 });
  });

  test("every limit has a default", () => {
    expect(DEFAULT_LIMITS.rows.map(({ name }) => name).sort()).toEqual(Object.keys(LIMITS).sort());
  });
});

describe("changing limits", () => {
  test("RC-07 what allows less counts at once and needs nobody else", () => {
    const set = changed({ value: 50 });
    expect(set).toMatchObject({ version: 4 });
    expect(lotsLimit(set as LimitSet, now.epoch)).toMatchObject({ value: 50 });
  });

  test("RC-07 what allows more needs a second person", () => {
    expect(changed({ value: 200 })).toBe("APPROVAL_MISSING");
    expect(changed({ value: null })).toBe("APPROVAL_MISSING");
    expect(changed({ value: 100, kind: "soft" })).toBe("APPROVAL_MISSING");
    expect(changed({ value: 200, approvedBy: "ann" })).toBe("APPROVED_BY_REQUESTER");
    expect(changed({ value: 200, approvedBy: "bob" })).toMatchObject({ version: 4 });
  });

  test("RC-07 what allows more counts from the next epoch on, and until then the old value does", () => {
    const set = changed({ value: 200, approvedBy: "bob" }) as LimitSet;
    expect(lotsLimit(set, now.epoch)).toMatchObject({ value: 100 });
    expect(lotsLimit(set, now.epoch + 1)).toMatchObject({ value: 200 });
    // Lowering meanwhile does away with the wider one that waits.
    const lowered = changeLimit(set, change({ value: 10 }), now);
    expect(lowered.ok && lotsLimit(lowered.value, now.epoch + 1)).toMatchObject({ value: 10 });
  });

  test("RC-07 a change that expires reverts by itself", () => {
    const set = changed({ value: 200, approvedBy: "bob", expires: 5_000 }) as LimitSet;
    expect(lotsLimit(set, 8, 4_999)).toMatchObject({ value: 200 });
    expect(lotsLimit(set, 8, 5_000)).toMatchObject({ value: 100 });
    expect(changed({ expires: 1_000 })).toBe("EXPIRY_IN_PAST");
  });

  test("RC-07 a reason is asked for, and a value that makes sense", () => {
    expect(changed({ reason: "  " })).toBe("REASON_MISSING");
    expect(changed({ value: Number.NaN })).toBe("VALUE_INVALID");
    expect(changed({ value: -1 })).toBe("VALUE_INVALID");
  });

  test("RC-08 a soft limit yields to an override on record, a hard one to nothing", () => {
    const order = { ...riskContext().order, overrides: ["QUANTITY_ABOVE_LIMIT"] };
    const soft = { value: 10, kind: "soft", scope: "global" } as const;
    const context = { ...riskContext({ order }), limits: { ...limits(), maxOrderLots: soft } };
    expect(assess(context)).toMatchObject({ allowed: true, overridden: ["QUANTITY_ABOVE_LIMIT"] });
    expect(assess({ ...context, order: riskContext().order })).toMatchObject({
      allowed: false,
      code: "QUANTITY_ABOVE_LIMIT",
    });
    expect(assess({ ...context, limits: limits({ maxOrderLots: 10 }) }).allowed).toBe(false);
  });
});

describe("decision record", () => {
  test("RC-05 holds every result with observed value and limit, and under what it was decided", () => {
    const context = riskContext({ limits: limits({ maxOrderLots: 10 }) });
    const circumstances = { limitsVersion: 4, epoch: 2, token: 3, buildHash: "b1" };
    const record = decisionRecord(orderId(1), assess(context), circumstances);
    expect(record).toMatchObject({ order: orderId(1), allowed: false, code: "QUANTITY_ABOVE_LIMIT", ...circumstances });
    expect(record.results.find(({ check }) => check === "RC-13")?.verdict).toEqual({
      kind: "DENY",
      code: "QUANTITY_ABOVE_LIMIT",
      values: { observed: 1_000, limit: 10, scope: "global" },
      soft: false,
    });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});

describe("decision record of an order that passes", () => {
  test("RC-05 holds what each check observed and every limit it was held against", () => {
    const { results } = assess(riskContext({ limits: limits({ maxOrderLots: 2_000 }) }));
    const values = (check: string) => {
      const verdict = results.find((result) => result.check === check)?.verdict;
      expect(verdict?.kind).toBe("PASS");
      return verdict?.values;
    };
    expect(values("RC-13")).toEqual({ "maxOrderLots.observed": 1_000, "maxOrderLots.limit": 2_000 });
    expect(values("RC-33")).toMatchObject({ "maxGross.limit": expect.any(Number), "maxNet.limit": expect.any(Number) });
    expect(values("RC-30")).toMatchObject({ needed: expect.any(Number), free: expect.any(Number) });
  });
});

describe("the account's shared limits", () => {
  const wide = { maxPositionLots: null, maxOpenOrders: null, maxOpenNotional: null, paced: true };
  const ask = (sequence: number, more: Partial<ReservationAsk> = {}): ReservationAsk => ({
    id: orderId(sequence),
    instrument: BTC.id,
    side: "buy",
    lots: lots(60),
    notional: micros(60e6),
    cash: micros(60e6),
    reducing: false,
    limits: wide,
    ...more,
  });
  const under = (limits: Partial<SharedLimits>, ...asks: ReservationAsk[]) =>
    asks.map((one) => ({ ...one, limits: { ...one.limits, ...limits } }));
  const empty = { instruments: new Map(), openOrders: 0, openNotional: micros(0), cashLeft: undefined };
  const codes = (...found: Parameters<typeof admitReservations>) =>
    admitReservations(...found).refused.map(({ id, code }) => [id, code]);

  test("RC-04 each intent that is admitted counts for the next, whoever made it", () => {
    const asks = [ask(1), ask(2), ask(3, { lots: lots(40) })];
    expect(codes(empty, under({ maxPositionLots: 100 }, ...asks))).toEqual([
      [orderId(2), "ACCOUNT_POSITION_ABOVE_LIMIT"],
    ]);
    const busy = { ...empty, instruments: new Map([[BTC.id, { position: lots(50), buys: lots(0), sells: lots(0) }]]) };
    expect(codes(busy, under({ maxPositionLots: 100 }, ask(1)))).toHaveLength(1);
    expect(codes({ ...empty, openOrders: 2 }, under({ maxOpenOrders: 3 }, ...asks)).map(([, code]) => code)).toEqual([
      "ACCOUNT_OPEN_ORDERS_ABOVE_LIMIT",
      "ACCOUNT_OPEN_ORDERS_ABOVE_LIMIT",
    ]);
    expect(codes(empty, under({ maxOpenNotional: 130e6 }, ...asks))).toEqual([
      [orderId(3), "ACCOUNT_OPEN_NOTIONAL_ABOVE_LIMIT"],
    ]);
    expect(codes({ ...empty, cashLeft: micros(100e6) }, asks)).toEqual([
      [orderId(2), "ACCOUNT_CASH_INSUFFICIENT"],
      [orderId(3), "ACCOUNT_CASH_INSUFFICIENT"],
    ]);
    expect(codes(busy, under({ maxPositionLots: 0 }, ask(1, { reducing: true })))).toEqual([]);
  });

  test("RC-04 the order of arrival never lets the account over its limit", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ side: fc.constantFrom("buy" as const, "sell" as const), size: fc.integer({ min: 1, max: 80 }) }),
          { maxLength: 20 },
        ),
        (orders) => {
          const asks = under(
            { maxPositionLots: 100 },
            ...orders.map(({ side, size }, index) => ask(index + 1, { side, lots: lots(size) })),
          );
          const refused = new Set(admitReservations(empty, asks).refused.map(({ id }) => id));
          for (const side of ["buy", "sell"]) {
            const open = asks
              .filter((one) => one.side === side && !refused.has(one.id))
              .reduce((sum, one) => sum + one.lots, 0);
            expect(open).toBeLessThanOrEqual(100);
          }
        },
      ),
    );
  });
});

describe("flow", () => {
  test("RC-41 RC-42 counts the day's orders and the strategy's runs since a person armed", () => {
    const log = new FlowLog();
    log.decided(0, 86_399_000, "a", 0);
    log.decided(1, 86_399_500, "a", 0);
    expect(log.view(2)).toMatchObject({ sentToday: 2, runsSinceHuman: 2 });
    log.decided(3, 86_400_000, "a", 0);
    expect(log.view(4)).toMatchObject({ sentToday: 1, runsSinceHuman: 3 });
    log.decided(5, 86_400_001, "exit", 0, false);
    expect(log.view(6)).toMatchObject({ sentToday: 2, runsSinceHuman: 3 });
    log.armed(4);
    expect(log.view(7).runsSinceHuman).toBe(0);
    log.decided(8, 86_400_002, "a", 0);
    log.armed(4);
    expect(log.view(9).runsSinceHuman).toBe(1);
  });

  test("RC-43 RC-46 forgets what lies outside the window", () => {
    const log = new FlowLog();
    log.decided(0, 0, "a", 0.01);
    log.happened("reject", 10);
    expect(log.view(FLOW_WINDOW_MS - 1)).toMatchObject({ rejects: 1, throughRatio: 0.01 });
    expect(log.view(FLOW_WINDOW_MS + 10)).toMatchObject({ rejects: 0, throughRatio: 0, sent: [] });
  });

  test("RC-48 a row of stop-outs in the window starts a rest, which time alone ends and nothing shortens", () => {
    const log = new FlowLog();
    const hour = STOP_OUT_WINDOW_MS;
    for (const at of [0, hour + 1, hour + 2]) log.stoppedOut(at, 2);
    expect(log.view(hour + 3)).toMatchObject({ stopOuts: 2, coolDownUntil: undefined });
    log.stoppedOut(hour + 4, 2);
    expect(log.view(hour + 5)).toMatchObject({ stopOuts: 0, coolDownUntil: hour + 4 + COOL_DOWN_MS });
    log.stoppedOut(hour + 6, undefined);
    expect(log.view(hour + 7).coolDownUntil).toBe(hour + 4 + COOL_DOWN_MS);
  });
});
