import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Exchange, type ExchangeRecord } from "../../daemons/paper-venue/exchange.ts";
import type { Bar } from "../../src/trading/bar.ts";
import type { OrderTicket } from "../../src/trading/paper/wire.ts";

const options = { instruments: [{ id: "A", tickSize: "0.01", lotSize: "1" }], cash: 1_000, feeRate: 0 };
const bar = (open: number, high = open, low = open): Bar => ({ time: 0, open, high, low, close: open, volume: 1 });

function exchange(): { venue: Exchange; records: ExchangeRecord[] } {
  const records: ExchangeRecord[] = [];
  return { venue: new Exchange({ ...options, record: (record) => records.push(record) }), records };
}

const ticket = (clientOrderId: string, more: Partial<OrderTicket> = {}): OrderTicket => ({
  clientOrderId,
  account: "main",
  instrument: "A",
  side: "buy",
  kind: "market",
  quantity: 10,
  timeInForce: "gtc",
  reduceOnly: false,
  tags: { strategy: "s" },
  ...more,
});

describe("the paper exchange", () => {
  test("the same client id is the same order, also when it has filled", () => {
    const { venue, records } = exchange();
    venue.submit(ticket("a"), 0);
    venue.meet("A", bar(100), 1);
    expect(venue.submit(ticket("a"), 2)).toMatchObject({ status: "filled", filled: 10 });
    expect(records).toHaveLength(2);
  });

  test("KS-17 a reduce-only order fills no more than what is held when it fills", () => {
    const { venue } = exchange();
    venue.submit(ticket("a"), 0);
    venue.meet("A", bar(100), 1);
    venue.submit(ticket("b", { side: "sell", quantity: 8, reduceOnly: true }), 2);
    venue.submit(ticket("c", { side: "sell", quantity: 8, reduceOnly: true }), 2);
    venue.meet("A", bar(101), 3);
    expect(venue.positions()).toMatchObject([{ quantity: 0 }]);
    expect(venue.order("c")).toMatchObject({ status: "canceled", filled: 2 });
    expect(venue.submit(ticket("d", { side: "sell", reduceOnly: true }), 4).status).toBe("rejected");
  });

  test("one of a group that fills cancels the others", () => {
    const { venue } = exchange();
    venue.submit(ticket("a"), 0);
    venue.meet("A", bar(100), 1);
    const exit = { side: "sell", reduceOnly: true, group: "g" } as const;
    venue.submit(ticket("sl", { ...exit, kind: "stop", stopPrice: 95 }), 2);
    venue.submit(ticket("tp", { ...exit, kind: "limit", limitPrice: 105 }), 2);
    venue.meet("A", bar(100, 110, 90), 3);
    expect([venue.order("sl")!.status, venue.order("tp")!.status]).toEqual(["filled", "canceled"]);
  });

  test("cash is exact over any number of fills, and comes back when the position does", () => {
    const { venue } = exchange();
    for (let round = 0; round < 1_000; round++) {
      venue.submit(ticket(`b${round}`, { quantity: 3 }), 0);
      venue.meet("A", bar(0.07), 1);
      venue.submit(ticket(`s${round}`, { quantity: 3, side: "sell" }), 2);
      venue.meet("A", bar(0.07), 3);
    }
    expect(venue.cashOf("main")).toBe(1_000);
  });

  test("replaying the record gives the exchange as it was, at every point", () => {
    const step = fc.record({
      what: fc.constantFrom("buy", "sell", "limit", "cancel", "bar"),
      size: fc.integer({ min: 1, max: 20 }),
      price: fc.integer({ min: 90, max: 110 }),
      which: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { venue, records } = exchange();
        for (const [index, { what, size, price, which }] of steps.entries()) {
          if (what === "bar") {
            venue.meet("A", bar(price, price + 2, price - 2), index);
            venue.passBar(index, index);
          } else if (what === "cancel") venue.cancel(`o${which}`, index);
          else {
            const limit = what === "limit" ? ({ kind: "limit", limitPrice: price } as const) : {};
            venue.submit(
              ticket(`o${index}`, { side: what === "sell" ? "sell" : "buy", quantity: size, ...limit }),
              index,
            );
          }
        }
        const again = exchange().venue;
        for (const record of records) again.apply(record);
        const everything = (one: Exchange) => [
          one.seq,
          one.nextBar,
          one.openOrders({}),
          one.positions(),
          one.fillsAfter(0, 1_000),
          one.reportsAfter(0),
        ];
        expect(everything(again)).toEqual(everything(venue));
        const held = venue
          .fillsAfter(0, 1_000)
          .reduce((sum, fill) => sum + fill.quantity * (fill.side === "buy" ? 1 : -1), 0);
        expect(venue.positions().reduce((sum, { quantity }) => sum + quantity, 0)).toBe(held);
      }),
    );
  });
});
