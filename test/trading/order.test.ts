import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientOrderId, isClientOrderId, ownerPrefix, sequenceIn } from "../../src/trading/client-order-id.ts";
import { DepartureLog } from "../../src/trading/departure-log.ts";
import type { Fill, FillId } from "../../src/trading/fill.ts";
import {
  exactLots,
  exactTicks,
  lots,
  micros,
  priceOf,
  roundToTicks,
  strategyId,
  ticks,
  worthOf,
} from "../../src/trading/instrument.ts";
import type { Intent } from "../../src/trading/intent.ts";
import { partitionId } from "../../src/trading/lease.ts";
import {
  changeOrder,
  isTerminal,
  ORDER_STATES,
  type Order,
  type OrderChange,
  type OrderState,
} from "../../src/trading/order.ts";
import { applyFill, flat, profitAt } from "../../src/trading/position.ts";
import { BTC, OWNER, orderId, terms } from "../support/risk-context.ts";

const base: Order = { id: orderId(1), terms: terms(), owner: OWNER, state: "initialized", filled: lots(0) };
const inState = (state: OrderState, filled = 0): Order => ({ ...base, state, filled: lots(filled) });
const stateAfter = (order: Order, ...changes: OrderChange[]): string => {
  let held = order;
  for (const change of changes) {
    const result = changeOrder(held, change);
    if (!result.ok) return `illegal ${change.kind}`;
    held = result.value;
  }
  return held.filled === 0 ? held.state : `${held.state} ${held.filled}`;
};
const fill = (quantity: number): OrderChange => ({ kind: "fill", lots: lots(quantity) });
const plain = (kind: Exclude<OrderChange["kind"], "fill">): OrderChange => ({ kind });

describe("order", () => {
  test("OL-01 lives from decision to end", () => {
    expect(stateAfter(base, plain("submit"), plain("accept"), fill(400), fill(600))).toBe("filled 1000");
    expect(stateAfter(base, plain("submit"), plain("accept"), plain("trigger"), fill(1_000))).toBe("filled 1000");
    expect(stateAfter(base, plain("submit"), plain("accept"), plain("ask-cancel"), plain("cancel"))).toBe("canceled");
    expect(stateAfter(base, plain("submit"), plain("reject"))).toBe("rejected");
    expect(stateAfter(base, plain("submit"), plain("accept"), plain("expire"))).toBe("expired");
  });

  test("OL-01 denied is our own word and rejected is the venue's", () => {
    expect(stateAfter(base, plain("deny"))).toBe("denied");
    expect(stateAfter(base, plain("reject"))).toBe("illegal reject");
    expect(stateAfter(inState("accepted"), plain("deny"))).toBe("illegal deny");
    expect(stateAfter(inState("denied"), plain("submit"))).toBe("illegal submit");
    expect(stateAfter(inState("denied"), plain("accept"))).toBe("illegal accept");
  });

  test("OL-01 nothing legal leads out of an end, except a fill that fills it", () => {
    const kinds = [
      "deny",
      "submit",
      "accept",
      "reject",
      "trigger",
      "ask-cancel",
      "refuse-cancel",
      "cancel",
      "expire",
      "lose",
    ] as const;
    for (const state of ORDER_STATES.filter(isTerminal)) {
      for (const kind of kinds) expect([`illegal ${kind}`, state]).toContain(stateAfter(inState(state), plain(kind)));
    }
  });

  test("OL-03 silence makes an order unresolved, never rejected, and only the venue's word ends that", () => {
    expect(stateAfter(inState("submitted"), plain("lose"))).toBe("unresolved");
    expect(stateAfter(inState("unresolved"), plain("lose"), plain("ask-cancel"))).toBe("unresolved");
    expect(stateAfter(inState("unresolved"), plain("accept"))).toBe("accepted");
    expect(stateAfter(inState("unresolved"), fill(100))).toBe("partially-filled 100");
    expect(stateAfter(inState("unresolved"), plain("reject"))).toBe("rejected");
  });

  test("OL-07 a fill after the end is a fill", () => {
    expect(stateAfter(inState("canceled"), fill(300))).toBe("canceled 300");
    expect(stateAfter(inState("canceled", 300), fill(700))).toBe("filled 1000");
    expect(stateAfter(inState("expired"), fill(300))).toBe("expired 300");
    expect(stateAfter(inState("denied"), fill(1))).toBe("illegal fill");
    expect(stateAfter(inState("rejected"), fill(1))).toBe("illegal fill");
    expect(stateAfter(inState("accepted", 900), fill(101))).toBe("illegal fill");
  });

  test("OL-07 reports that are doubled or overtake each other end in the same state", () => {
    const reports: OrderChange[] = [plain("accept"), plain("accept"), plain("trigger"), fill(400), fill(600)];
    fc.assert(
      fc.property(fc.shuffledSubarray(reports, { minLength: 5 }), (shuffled) => {
        expect(stateAfter(inState("submitted"), ...shuffled)).toBe("filled 1000");
      }),
    );
  });

  test("KS-15 a refused cancel leaves the order what it was, and what was never confirmed stays so", () => {
    const confirmed = { ...inState("pending-cancel"), venueOrderId: "v1" as never };
    expect(stateAfter(confirmed, plain("refuse-cancel"))).toBe("accepted");
    expect(stateAfter(inState("pending-cancel", 400), plain("refuse-cancel"), fill(600))).toBe("filled 1000");
    expect(stateAfter(inState("pending-cancel"), plain("refuse-cancel"))).toBe("submitted");
  });
});

describe("client order id", () => {
  test("OL-02 is derived from partition, strategy and sequence alone, and read back", () => {
    const [partition, strategy] = [partitionId("p1"), strategyId("sma-cross")];
    expect(clientOrderId(partition, strategy, 7)).toBe(clientOrderId(partition, strategy, 7));
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        (p, s, sequence) => {
          const id = clientOrderId(partitionId(p), strategyId(s), sequence);
          expect(isClientOrderId(id)).toBe(true);
          expect(id.length).toBeLessThanOrEqual(32);
          expect(sequenceIn(id, partitionId(p), strategyId(s))).toBe(sequence);
        },
      ),
    );
  });

  test("KS-02 tells our orders from all others", () => {
    const prefixes = Array.from({ length: 2_000 }, (_, index) =>
      ownerPrefix(partitionId(`p${index}`), strategyId("s")),
    );
    expect(new Set(prefixes).size).toBe(2_000);
    expect(
      sequenceIn(clientOrderId(partitionId("p1"), strategyId("s"), 1), partitionId("p2"), strategyId("s")),
    ).toBeUndefined();
    expect(sequenceIn("web-17", partitionId("p1"), strategyId("s"))).toBeUndefined();
  });
});

describe("exact amounts", () => {
  test("prices and quantities are whole steps or nothing", () => {
    expect(exactTicks(BTC, 100.01)).toBe(10_001);
    expect(exactTicks(BTC, 100.015)).toBeUndefined();
    expect(exactLots(BTC, 0.1 + 0.2)).toBe(300);
    expect([
      roundToTicks(BTC, 100.019, "down"),
      roundToTicks(BTC, 100.011, "up"),
      roundToTicks(BTC, 100.01, "down"),
    ]).toEqual([10_001, 10_002, 10_001]);
    expect(priceOf(BTC, ticks(10_001))).toBe(100.01);
    expect(worthOf(BTC, 10_000 * 1_000)).toBe(100e6);
  });

  test("a position keeps every unit: realised and cost are minus the cash that was spent", () => {
    const trade = fc.record({
      side: fc.constantFrom("buy" as const, "sell" as const),
      quantity: fc.integer({ min: 1, max: 500 }),
      price: fc.integer({ min: 1, max: 100_000 }),
    });
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 40 }), fc.integer({ min: 1, max: 100_000 }), (trades, mark) => {
        let cash = 0;
        let held = 0;
        let position = flat(BTC.id);
        for (const [index, { side, quantity, price }] of trades.entries()) {
          const sign = side === "buy" ? 1 : -1;
          cash -= sign * quantity * price;
          held += sign * quantity;
          position = applyFill(position, fillOf(index, side, quantity, price));
        }
        expect(position.lots).toBe(held === 0 ? 0 : held);
        expect(position.realised - position.cost + 0).toBe(cash + 0);
        expect(profitAt(position, ticks(mark)) + 0).toBe(cash + held * mark + 0);
        if (held === 0) expect(position.cost + 0).toBe(0);
      }),
    );
  });
});

describe("the egress's own count", () => {
  const intent = (sequence: number, change: Partial<Intent> = {}): Intent =>
    ({ id: orderId(sequence), terms: terms(), ...change }) as Intent;
  const leaves = (log: DepartureLog, sequence: number) => {
    const verdict = log.depart(orderId(sequence));
    return verdict.ok ? "leaves" : verdict.refusal.code;
  };

  test("RC-45 what was not intended does not leave, and nothing leaves twice", () => {
    const log = new DepartureLog();
    log.intend(intent(1));
    expect([leaves(log, 1), leaves(log, 1), leaves(log, 2)]).toEqual(["leaves", "ALREADY_DEPARTED", "NOT_INTENDED"]);
    expect(log).toMatchObject({ intended: 1, departed: 1 });
  });

  test("RC-44 children never leave for more than their parent", () => {
    const log = new DepartureLog();
    const child = (quantity: number, group?: string) => ({
      parent: orderId(1),
      terms: terms({ quantity: lots(quantity), ...(group === undefined ? {} : { group }) }),
    });
    log.intend(intent(1));
    log.intend(intent(2, child(600)));
    log.intend(intent(3, child(500)));
    log.intend(intent(4, child(400)));
    expect([leaves(log, 1), leaves(log, 2), leaves(log, 3), leaves(log, 4)]).toEqual([
      "leaves",
      "leaves",
      "CHILD_EXCEEDS_PARENT",
      "leaves",
    ]);
    // One that ended gives back what it did not fill.
    log.settle({ ...base, id: orderId(2), state: "canceled", filled: lots(100) });
    expect(leaves(log, 3)).toBe("leaves");
    // Of a group only one fills.
    log.intend(intent(5));
    for (const sequence of [6, 7]) log.intend(intent(sequence, { ...child(1_000, "g"), parent: orderId(5) }));
    expect([leaves(log, 6), leaves(log, 7)]).toEqual(["leaves", "leaves"]);
  });
});

function fillOf(index: number, side: "buy" | "sell", quantity: number, price: number): Fill {
  return {
    id: `f${index}` as FillId,
    order: orderId(1),
    instrument: BTC.id,
    side,
    lots: lots(quantity),
    price: ticks(price),
    commission: micros(0),
    time: index,
  };
}
