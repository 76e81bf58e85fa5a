import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountId, instrumentId, lots, strategyId, venueId } from "../../../src/trading/instrument.ts";
import { assess } from "../../../src/trading/risk/assess.ts";
import { completeLimits } from "../../../src/trading/risk/complete-limits.ts";
import { DEFAULT_LIMITS } from "../../../src/trading/risk/default-limits.ts";
import { changeLimit, type LimitChange } from "../../../src/trading/risk/limit-change.ts";
import { describeLimitValue, parseLimitValue } from "../../../src/trading/risk/limit-value.ts";
import { LIMITS, type LimitName, type LimitSet, resolveLimits } from "../../../src/trading/risk/limits.ts";
import { limits, riskContext } from "../../support/risk-context.ts";

const OWNER = {
  venue: venueId("paper"),
  account: accountId("main"),
  strategy: strategyId("sma-cross"),
  instrument: instrumentId("BTC-USD"),
};
const start: LimitSet = {
  version: 1,
  rows: [{ name: "maxOrderLots", scope: "global", value: 100, kind: "hard" }],
};
const wish = (to: Partial<LimitChange>): LimitChange => ({
  name: "maxOrderLots",
  scope: "global",
  value: 50,
  kind: "hard",
  reason: "test",
  requestedBy: "ann",
  approvedBy: undefined,
  ...to,
});
const at = (set: LimitSet, epoch: number, wall: number) => resolveLimits(set, OWNER, wall, epoch).maxOrderLots;

/** Carries a change out that must be accepted. */
function change(set: LimitSet, to: Partial<LimitChange>, now: { epoch: number; wall: number }): LimitSet {
  const result = changeLimit(set, wish(to), now);
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}
const refusal = (
  set: LimitSet,
  to: Partial<LimitChange>,
  now: { epoch: number; wall: number; onePerson?: boolean },
) => {
  const result = changeLimit(set, wish(to), now);
  return result.ok ? undefined : result.refusal.code;
};

describe("limits that end by themselves", () => {
  const raised = change(start, { value: 200, approvedBy: "bob", expires: 1_000 }, { epoch: 1, wall: 0 });

  test("RC-07 after its end a wider limit is no measure of what is wider", () => {
    expect(refusal(raised, { value: 150 }, { epoch: 2, wall: 1_001 })).toBe("APPROVAL_MISSING");
    expect(refusal(raised, { value: 150 }, { epoch: 2, wall: 999 })).toBeUndefined();
  });

  test("RC-07 a stricter one on top of a wider one does not make the wider one last", () => {
    const set = change(raised, { value: 150, expires: 9_000 }, { epoch: 2, wall: 500 });
    expect(at(set, 2, 8_999)).toMatchObject({ value: 150 });
    expect(at(set, 2, 9_000)).toMatchObject({ value: 100 });
  });

  test("RC-07 a shorter, stricter one does not end an earlier one before its time", () => {
    const lowered = change(start, { value: 50, expires: 9_000 }, { epoch: 1, wall: 0 });
    const set = change(lowered, { value: 40, expires: 1_000 }, { epoch: 1, wall: 10 });
    expect(at(set, 1, 1_000)).toMatchObject({ value: 50 });
  });

  test("RC-08 a limit that was soft for a while is hard again afterwards", () => {
    const set = change(start, { kind: "soft", value: 100, approvedBy: "bob", expires: 1_000 }, { epoch: 1, wall: 0 });
    expect(at(set, 2, 999)).toMatchObject({ kind: "soft" });
    expect(at(set, 2, 1_000)).toMatchObject({ kind: "hard", value: 100 });
  });

  test("RC-07 whatever one person alone asks for, at no time is more allowed than without it", () => {
    const ask = fc.record({
      value: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constant(null)),
      kind: fc.constantFrom("hard" as const, "soft" as const),
      at: fc.integer({ min: 0, max: 100 }),
      lasts: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 6 }), (asks) => {
        let set = start;
        let wall = 0;
        for (const { value, kind, at: pause, lasts } of asks) {
          wall += pause;
          const to = { value, kind, ...(lasts === undefined ? {} : { expires: wall + lasts }) };
          const result = changeLimit(set, wish(to), { epoch: 3, wall });
          if (result.ok) set = result.value;
        }
        for (let time = wall; time < wall + 300; time += 7) {
          const held = at(set, 9, time);
          expect(held?.value ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(100);
          expect(held?.kind).toBe("hard");
        }
      }),
    );
  });
});

describe("a soft limit before a hard one", () => {
  test("RC-08 an override of the soft one does not pass the hard one of another scope", () => {
    const rows = [
      ...start.rows,
      { ...start.rows[0]!, scope: "account:main" as const, value: 10, kind: "soft" as const },
    ];
    const maxOrderLots = at({ version: 2, rows }, 1, 0);
    expect(maxOrderLots).toEqual({ value: 10, kind: "soft", scope: "account:main", hard: 100 });
    const decide = (quantity: number) => {
      const context = riskContext({ limits: { ...limits(), maxOrderLots } });
      const order = { ...context.order, overrides: ["QUANTITY_ABOVE_LIMIT"] };
      return assess({ ...context, order: { ...order, terms: { ...order.terms, quantity: lots(quantity) } } }).allowed;
    };
    expect([decide(10), decide(100), decide(101)]).toEqual([true, true, false]);
  });
});

describe("one person", () => {
  test("RC-07 only where it is said that one person is enough may the requester approve", () => {
    const both = { value: 200, approvedBy: "ann" };
    expect(refusal(start, both, { epoch: 1, wall: 0 })).toBe("APPROVED_BY_REQUESTER");
    expect(refusal(start, both, { epoch: 1, wall: 0, onePerson: true })).toBeUndefined();
    expect(refusal(start, { value: 200 }, { epoch: 1, wall: 0, onePerson: true })).toBe("APPROVAL_MISSING");
  });
});

describe("a stored set", () => {
  test("RC-02 takes the environment's own value where nobody ever set one, and only there", () => {
    expect(completeLimits(undefined, DEFAULT_LIMITS)).toBe(DEFAULT_LIMITS);
    const completed = completeLimits({ version: 7, rows: start.rows }, DEFAULT_LIMITS);
    expect(completed.version).toBe(7);
    expect(completed.rows).toHaveLength(DEFAULT_LIMITS.rows.length);
    expect(at(completed, 1, 0)).toMatchObject({ value: 100 });
    expect(resolveLimits(completed, OWNER, 0, 1).maxLeverage).toMatchObject({ value: 1 });
  });
});

describe("values as people write them", () => {
  test.each([
    ["maxOrderNotional", "5000", 5_000_000_000],
    ["maxOrderNotional", "0.25", 250_000],
    ["collarRatio", "5%", 0.05],
    ["collarRatio", "0.02", 0.02],
    ["maxReferenceAgeMs", "90s", 90_000],
    ["maxReferenceAgeMs", "250", 250],
    ["maxOrderLots", "12", 12],
    ["maxOrderLots", "none", null],
    ["maxOrderLots", "1.5", undefined],
    ["maxOpenOrders", "-1", undefined],
    ["maxOrderNotional", "1e6", undefined],
    ["collarRatio", "%", undefined],
    ["maxOrderNotional", "", undefined],
  ] as const)("RC-07 %s=%s is %s", (name, text, value) => {
    expect(parseLimitValue(name, text)).toBe(value);
  });

  test("RC-07 what is shown can be typed again", () => {
    for (const name of Object.keys(LIMITS) as LimitName[]) {
      const shown = describeLimitValue(name, 12_000_000).replace(" lots", "");
      expect(parseLimitValue(name, shown), name).toBe(12_000_000);
    }
  });
});
