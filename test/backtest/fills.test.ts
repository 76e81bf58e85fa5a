import { expect, test } from "vitest";
import { type Match, matchOrder, type PriceBar, type RestingOrder } from "../../src/backtest/fills.ts";

const bar: PriceBar = { open: 100, high: 105, low: 95 };
const filled = (price: number, maker: boolean): Match => ({ kind: "filled", price, maker });
const none: Match = { kind: "none" };
const triggered: Match = { kind: "triggered" };

const CASES: [string, RestingOrder, Match][] = [
  ["a market order at the open", { side: "buy" }, filled(100, false)],
  ["a buy stop at the stop", { side: "buy", stop: 103 }, filled(103, false)],
  ["a buy stop that the bar gapped past at the open", { side: "buy", stop: 98 }, filled(100, false)],
  ["a buy stop above the high not at all", { side: "buy", stop: 105.01 }, none],
  ["a sell stop at the stop", { side: "sell", stop: 97 }, filled(97, false)],
  ["a sell stop that the bar gapped past at the open", { side: "sell", stop: 101 }, filled(100, false)],
  ["a buy limit at the limit", { side: "buy", limit: 96 }, filled(96, true)],
  ["a buy limit above the open at the open", { side: "buy", limit: 102 }, filled(100, false)],
  ["a buy limit that is only touched", { side: "buy", limit: 95 }, filled(95, true)],
  ["a sell limit at the limit", { side: "sell", limit: 104 }, filled(104, true)],
  ["a sell limit above the high not at all", { side: "sell", limit: 106 }, none],
  ["a buy stop-limit at the stop", { side: "buy", stop: 102, limit: 103 }, filled(102, false)],
  ["a buy stop-limit whose limit is below the stop triggers", { side: "buy", stop: 102, limit: 101 }, triggered],
  ["a buy stop-limit that the bar gapped past at the open", { side: "buy", stop: 98, limit: 101 }, filled(100, false)],
  [
    "a gap past stop and limit at the limit, once the bar comes back",
    { side: "buy", stop: 97, limit: 99 },
    filled(99, false),
  ],
  ["a triggered stop-limit as a limit", { side: "buy", stop: 102, limit: 96, triggered: true }, filled(96, true)],
  ["a sell stop-limit mirrored", { side: "sell", stop: 98, limit: 97 }, filled(98, false)],
];

test.each(CASES)("BT-02 fills %s", (_what, order, match) => {
  expect(matchOrder(order, bar)).toEqual(match);
});

test("BT-02 a limit fills on a touch unless the price must trade through it", () => {
  const order: RestingOrder = { side: "sell", limit: 105 };
  expect(matchOrder(order, bar)).toEqual(filled(105, true));
  expect(matchOrder(order, bar, { limitThrough: true })).toEqual(none);
});

test("the reference's stop-limit fills at a stop that has passed", () => {
  const order: RestingOrder = { side: "buy", stop: 94, limit: 101 };
  expect(matchOrder(order, bar)).toEqual(filled(100, false));
  expect(matchOrder(order, bar, { stopLimitGapAtStop: true })).toEqual(filled(94, false));
});
