import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lots, micros, ticks } from "../../../src/trading/instrument.ts";
import { changeOrder, isTerminal, type Order, openLots } from "../../../src/trading/order.ts";
import { assess, assessChange } from "../../../src/trading/risk/assess.ts";
import type { OpenOrder, RiskContext } from "../../../src/trading/risk/context.ts";
import { LIMITS, type LimitName } from "../../../src/trading/risk/limits.ts";
import { CHECKS } from "../../../src/trading/risk/registry.ts";
import { BTC, flow, limits, OWNER, openOrder, orderId, riskContext, terms } from "../../support/risk-context.ts";

const NAMES = Object.keys(LIMITS).filter((name): name is LimitName => name in LIMITS);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 8 });
const side = fc.constantFrom("buy", "sell");
const price = fc.integer({ min: 8_000, max: 12_000 }).map(ticks);
const quantity = fc.integer({ min: 1, max: 5_000 }).map(lots);

const orderTerms = fc
  .record({
    side,
    quantity,
    reduceOnly: fc.boolean(),
    type: fc.constantFrom("market", "limit", "stop", "stop-limit"),
    limit: price,
    stop: price,
  })
  .map(({ type, limit, stop, ...rest }) => ({
    ...terms({ type: "market", ...rest }),
    type,
    ...(type === "limit" || type === "stop-limit" ? { limit } : {}),
    ...(type === "stop" || type === "stop-limit" ? { stop } : {}),
  }));

const open: fc.Arbitrary<OpenOrder[]> = fc
  .array(fc.record({ side, lots: quantity, price, group: maybe(fc.constantFrom("g1", "g2")) }), { maxLength: 5 })
  .map((orders) =>
    orders.map(({ group, ...one }, index) =>
      openOrder({ id: orderId(index + 10), resting: one.price, ...one, ...(group === undefined ? {} : { group }) }),
    ),
  );

/** A value around which the observed figures of these contexts lie, so that both answers come up. */
const limitValue = (name: LimitName) => {
  const scale = { lots: 8_000, micros: 1_000e6, ratio: 0.2, count: 12, ms: 3_000 }[LIMITS[name].unit];
  return fc.double({ min: 0, max: scale, noNaN: true });
};
const limitValues = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, fc.option(limitValue(name), { nil: null, freq: 3 })])) as Record<
    LimitName,
    fc.Arbitrary<number | null>
  >,
);

const context: fc.Arbitrary<RiskContext> = fc
  .record({
    terms: orderTerms,
    position: maybe(fc.integer({ min: -5_000, max: 5_000 }).map(lots)),
    open,
    values: limitValues,
    references: fc.array(
      fc.record({
        source: fc.constantFrom("a", "b", "c"),
        price,
        seenAt: fc.integer({ min: 996_000, max: 1_000_000 }),
      }),
      { maxLength: 3 },
    ),
    account: maybe(
      fc.record({ cash: fc.integer({ min: 0, max: 2_000_000_000 }), lost: fc.integer({ min: 0, max: 500_000_000 }) }),
    ),
    sent: fc
      .array(fc.integer({ min: 990_000, max: 1_000_000 }), { maxLength: 30 })
      .map((times) => times.sort((a, b) => a - b)),
    counts: fc.record({
      fills: fc.nat(20),
      cancels: fc.nat(20),
      rejects: fc.nat(20),
      stopOuts: fc.nat(5),
      runsSinceHuman: fc.nat(20),
      sentToday: fc.nat(20),
    }),
    level: fc.constantFrom("RUN", "REDUCE_ONLY", "BLOCK"),
    missing: fc.record({ market: fc.boolean(), permissions: fc.boolean(), conversion: fc.boolean() }),
    driftLots: maybe(fc.nat(5_000)),
    certificateAgeMs: maybe(fc.nat(6_000)),
  })
  .map(
    ({
      terms: one,
      position,
      open: resting,
      values,
      references,
      account,
      sent,
      counts,
      level,
      missing,
      driftLots,
      certificateAgeMs,
    }) => {
      const plain = riskContext();
      return {
        ...plain,
        order: { ...plain.order, terms: one },
        open: resting,
        holdings: [{ instrument: BTC, position, mark: ticks(10_000) }],
        limits: limits(values),
        references,
        account: account && {
          ...plain.account!,
          freeCash: micros(account.cash),
          equity: micros(account.cash),
          dayStartEquity: micros(account.cash + account.lost),
          peakEquity: micros(account.cash + account.lost),
        },
        flow: flow({ ...counts, sent }),
        market: missing.market ? undefined : plain.market,
        permissions: missing.permissions ? undefined : plain.permissions,
        conversion: missing.conversion ? undefined : plain.conversion,
        standing: { ...plain.standing, level, driftLots, certificateAgeMs },
      };
    },
  );

/** The same context with one limit that allows more, or is lifted. */
function loosened(from: RiskContext, name: LimitName, by: number | null): RiskContext {
  const held = from.limits[name];
  if (held == null) return from;
  const wider = LIMITS[name].side === "ceiling" ? held.value + (by ?? 0) : held.value - (by ?? 0);
  return { ...from, limits: { ...from.limits, [name]: by === null ? null : { ...held, value: wider } } };
}

describe("properties of the registry", () => {
  test("raising a limit never turns a pass into a denial", () => {
    fc.assert(
      fc.property(
        context,
        fc.constantFrom(...NAMES),
        fc.option(fc.double({ min: 0, max: 1e10, noNaN: true }), { nil: null }),
        (before, name, by) => {
          const after = assess(loosened(before, name, by));
          if (assess(before).allowed) expect(after.code).toBeUndefined();
          // And check by check: none that passed objects now.
          const passed = new Set(
            assess(before)
              .results.filter(({ verdict }) => verdict.kind === "PASS")
              .map(({ check }) => check),
          );
          for (const { check, verdict } of after.results)
            if (passed.has(check)) expect(verdict.kind, check).toBe("PASS");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("the order of the checks never changes the verdict", () => {
    fc.assert(
      fc.property(context, fc.shuffledSubarray([...CHECKS], { minLength: CHECKS.length }), (before, shuffled) => {
        const { allowed, code, reducing } = assess(before);
        expect(assess(before, shuffled)).toMatchObject({ allowed, code, reducing });
      }),
    );
  });

  test("UNKNOWN never lets an order through that adds risk", () => {
    fc.assert(
      fc.property(context, (before) => {
        const { allowed, reducing, results } = assess(before);
        if (allowed && !reducing) expect(results.every(({ verdict }) => verdict.kind === "PASS")).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test("changing an order is judged as withdrawing it and making another", () => {
    fc.assert(
      fc.property(context, orderTerms, (before, one) => {
        const [original] = before.open;
        if (original === undefined) return;
        const asked = { ...before, order: { ...before.order, terms: one } };
        const withdrawn = { ...asked, open: before.open.filter((order) => order.id !== original.id) };
        expect(assessChange(asked, original.id)).toEqual(assess(withdrawn));
      }),
    );
  });

  test("KS-17 what counts as reducing can never enlarge or turn the position, whatever fills in whatever order", () => {
    fc.assert(
      fc.property(
        context,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
        (before, parts) => {
          const position = before.holdings[0]!.position;
          const { reducing } = assess(before);
          if (!reducing || position === undefined) return;
          // Of each group only one fills; of everything else any part may.
          const own = before.order.terms;
          const rivals = before.open.filter((order) => order.side === own.side);
          const groups = new Set<string>();
          let filled: number = own.quantity;
          for (const [index, rival] of rivals.entries()) {
            if (rival.group !== undefined && groups.has(rival.group)) continue;
            if (rival.group !== undefined) groups.add(rival.group);
            filled += Math.floor(rival.lots * parts[index]!);
          }
          const after = position + (own.side === "buy" ? filled : -filled);
          expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(position));
          expect(Math.sign(after) * Math.sign(position)).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("reservations", () => {
  const change = fc.oneof(
    fc
      .constantFrom(
        "submit",
        "accept",
        "reject",
        "trigger",
        "ask-cancel",
        "refuse-cancel",
        "cancel",
        "expire",
        "lose",
        "deny",
      )
      .map((kind) => ({ kind }) as const),
    fc.record({ kind: fc.constant("fill" as const), lots: fc.integer({ min: 1, max: 600 }).map(lots) }),
  );

  test("RC-03 what is reserved is what may still fill, from the decision to the end, and nothing after it", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        let order: Order = { id: orderId(1), terms: terms(), owner: OWNER, state: "initialized", filled: lots(0) };
        expect(openLots(order)).toBe(1_000);
        for (const one of changes) {
          const result = changeOrder(order, one);
          if (result.ok) order = result.value;
          expect(openLots(order)).toBe(isTerminal(order.state) ? 0 : 1_000 - order.filled);
          expect(order.filled).toBeLessThanOrEqual(1_000);
        }
      }),
    );
  });
});
