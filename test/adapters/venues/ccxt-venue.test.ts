import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { CcxtVenue } from "../../../src/adapters/venues/ccxt-venue.ts";
import { CcxtEgress } from "../../../src/adapters/venues/egress-ccxt.ts";
import { EXCHANGES } from "../../../src/adapters/venues/exchange-table.ts";
import { accept, refuse } from "../../../src/core/result.ts";
import type { OutgoingOrder, VenueEvent } from "../../../src/ports/venue.ts";
import {
  accountId,
  type Instrument,
  instrumentId,
  lots,
  strategyId,
  ticks,
  venueId,
} from "../../../src/trading/instrument.ts";
import type { ClientOrderId, OrderTerms } from "../../../src/trading/order.ts";
import { API_KEY, API_SECRET, BinanceUsdm } from "../../support/exchanges/binance-usdm.ts";
import { until } from "../../support/until.ts";

const SYMBOL = "BTC/USDT:USDT";
const ORDER = "POST /fapi/v1/order";
const instrument: Instrument = {
  id: instrumentId("BTC-USDT"),
  venue: venueId("binanceusdm"),
  tickSize: "0.1",
  lotSize: "0.001",
  multiplier: 1,
  currency: "USDT",
  minimum: lots(1),
  maximum: lots(1_000_000),
};
const owner = {
  venue: instrument.venue,
  account: accountId("main"),
  strategy: strategyId("mine"),
  instrument: instrument.id,
};
const pass = () => accept(true as const);
const id = (text: string) => text as ClientOrderId;

/** One tenth of a coin at 90, resting below the market at 100. */
const order = (name: string, more: Partial<OrderTerms> = {}): OutgoingOrder => ({
  id: id(name),
  terms: {
    instrument: instrument.id,
    side: "buy",
    type: "limit",
    quantity: lots(100),
    limit: ticks(900),
    timeInForce: "gtc",
    reduceOnly: false,
    ...more,
  },
  departure: { owner, token: 1, epoch: 1, reducing: false },
});

let exchange: BinanceUsdm;
let venue: CcxtVenue;
let events: VenueEvent[];
let origin: string;

const link = () => ({
  exchange: "binanceusdm",
  live: false,
  origin,
  apiKey: API_KEY,
  secret: API_SECRET,
  timeoutMs: 60_000,
});
const openVenue = (traded = instrument, pollMs = 20) =>
  new CcxtVenue({
    egress: new CcxtEgress(link()),
    clock: systemClock,
    instruments: new Map([[SYMBOL, traded]]),
    strategyOf: (name) => (name.startsWith("mine-") ? strategyId("mine") : undefined),
    pollMs,
  });
const seen = (kind: VenueEvent["kind"]) => until(kind, () => events.some((event) => event.kind === kind));

/** A fill may be reported more than once, by the stream and by a look. */
const fillIds = (seen: readonly VenueEvent[]) =>
  new Set(seen.flatMap((event) => (event.kind === "order-filled" ? [event.fill.id] : [])));

beforeEach(async () => {
  exchange = new BinanceUsdm();
  origin = await exchange.listen();
  venue = openVenue();
  events = [];
  venue.onEvent((event) => events.push(event));
  await seen("venue-connected");
});

afterEach(async () => {
  venue.close();
  await exchange.close();
});

describe("a venue over ccxt", () => {
  test("an order rests, fills exactly once, and the snapshot says the same in lots and ticks", async () => {
    expect(venue.submit(order("mine-1"), pass)).toEqual(accept(true));
    await seen("order-accepted");
    expect(exchange.book.orders).toMatchObject([
      { clientOrderId: "mine-1", price: 90, origQty: 0.1, timeInForce: "GTC" },
    ]);
    exchange.book.fill("mine-1", 0.04);
    await seen("order-filled");
    const first = await venue.snapshot("");
    expect(first.openOrders).toMatchObject([
      { clientOrderId: "mine-1", filled: 40, state: "open", terms: { quantity: 100, limit: 900 } },
    ]);
    expect(first.positions).toEqual(new Map([[instrument.id, 40]]));
    expect(first.fills).toMatchObject([{ order: "mine-1", lots: 40, price: 900, commission: 1_440 }]);
    exchange.book.fill("mine-1", 0.06);
    await until("both fills", () => fillIds(events).size === 2);
    const second = await venue.snapshot(first.fillCursor);
    expect(second.fills).toMatchObject([{ order: "mine-1", lots: 60 }]);
    expect((await venue.snapshot(second.fillCursor)).fills).toEqual([]);
    expect(await venue.order(id("mine-1"))).toMatchObject({
      order: { state: "filled", filled: 100 },
      fills: [{ lots: 40 }, { lots: 60 }],
    });
  });

  test("an unknown order is undefined, and withdrawing it is rejected", async () => {
    expect(await venue.order(id("mine-0"))).toBeUndefined();
    venue.cancel(id("mine-0"));
    await seen("cancel-rejected");
  });

  test("OL-02 the same client id does not become two orders, and its second answer is no rejection", async () => {
    venue.submit(order("mine-1"), pass);
    await seen("order-accepted");
    venue.submit(order("mine-1"), pass);
    await seen("order-unanswered");
    expect(exchange.book.orders).toHaveLength(1);
  });

  test.each([
    ["the answer is lost after the order was taken", "lost-answer", 1],
    ["the connection breaks before it was taken", "lost-request", 0],
    ["the exchange says that it does not know", { status: 408, body: { code: -1007, msg: "Send status unknown" } }, 0],
    ["the exchange is overloaded", { status: 503, body: "Unknown error, please check your request" }, 0],
    ["the answer cannot be read", { status: 200, body: "<html>" }, 0],
  ] as const)("OL-03 %s: unanswered, never rejected", async (_what, fault, resting) => {
    exchange.faults.set(ORDER, fault);
    venue.submit(order("mine-1"), pass);
    await seen("order-unanswered");
    expect(exchange.book.orders).toHaveLength(resting);
    expect((await venue.order(id("mine-1")))?.order.state).toBe(resting ? "open" : undefined);
    // Sent once: nothing tries again by itself.
    expect(exchange.requests.filter((name) => name === ORDER)).toHaveLength(1);
    expect(events.some(({ kind }) => kind === "order-rejected")).toBe(false);
  });

  test("a refusal of the exchange is a rejection with its reason", async () => {
    venue.submit(order("mine-1", { quantity: lots(2_000_000) }), pass);
    await seen("order-rejected");
    expect(events.at(-1)).toMatchObject({ reason: expect.stringContaining("Margin is insufficient") });
  });

  test("KS-11 RC-44 the gate is asked once, at the socket, and what it refuses has not left", async () => {
    let asked = 0;
    const gate = () => {
      asked += 1;
      return refuse({ code: "KILLED" });
    };
    expect(venue.submit(order("mine-1"), gate)).toEqual(accept(true));
    await seen("order-held-back");
    expect(events.at(-1)).toEqual({ kind: "order-held-back", id: "mine-1", code: "KILLED" });
    expect([asked, venue.ordersSent, exchange.requests.includes(ORDER)]).toEqual([1, 0, false]);
  });

  test("an order that the exchange has no kind for is refused before it leaves", () => {
    const stop = order("mine-1", { type: "stop", stop: ticks(800) });
    expect(venue.submit(stop, pass)).toEqual(refuse({ code: "ORDER_UNFIT" }));
  });

  test("a cancel is reported with what had filled; one by somebody else is noticed", async () => {
    venue.submit(order("mine-1"), pass);
    await seen("order-accepted");
    exchange.book.fill("mine-1", 0.03);
    venue.cancel(id("mine-1"));
    await seen("order-canceled");
    expect(events.find(({ kind }) => kind === "order-canceled")).toMatchObject({ id: "mine-1", filled: 30 });
    events.length = 0;
    venue.submit(order("mine-2"), pass);
    await seen("order-accepted");
    exchange.book.cancel(exchange.book.orders.at(-1)!);
    await seen("order-canceled");
    expect(events.at(-1)).toMatchObject({ id: "mine-2", filled: 0 });
  });

  test("withdrawing a strategy's orders leaves those of others", async () => {
    for (const name of ["mine-1", "other-1", "mine-2"]) venue.submit(order(name), pass);
    await until("three orders", () => exchange.book.orders.length === 3);
    expect([...(await venue.cancelAll({ strategy: strategyId("mine") }))].sort()).toEqual(["mine-1", "mine-2"]);
    expect((await venue.snapshot("")).openOrders.map((open) => open.clientOrderId)).toEqual(["other-1"]);
    expect(await venue.cancelAll({})).toEqual(["other-1"]);
  });

  test("KS-27 the dead-man's switch fires when it is not pushed out, and not once disarmed", async () => {
    venue.submit(order("mine-1"), pass);
    await seen("order-accepted");
    await venue.deadMan({}, 60_000);
    await venue.deadMan({}, 0);
    expect(exchange.book.orders[0]!.status).toBe("NEW");
    await venue.deadMan({}, 50);
    await seen("order-canceled");
    expect(events.at(-1)).toEqual({ kind: "order-canceled", id: "mine-1", filled: 0 });
  });

  test("KS-28 every exchange that may be traded says what stays live when this host dies", () => {
    for (const { deadMansSwitch } of EXCHANGES.values()) expect(deadMansSwitch.exclusions.length).toBeGreaterThan(0);
    expect(venue.deadMansSwitch).toMatchObject({ offered: true, covers: "account" });
  });

  test("silence is a disconnection: nothing is sent until it answers again", async () => {
    exchange.faults.set("GET /fapi/v1/userTrades", { status: 503, body: "" });
    await seen("venue-disconnected");
    await until("the connection", () => events.at(-1)?.kind === "venue-connected");
    expect(venue.submit(order("mine-1"), pass).ok).toBe(true);
  });

  test("a key that has run out is replaced, and the stream goes on under the new one", async () => {
    const keys = () => exchange.requests.filter((name) => name === "POST /fapi/v1/listenKey").length;
    await until("the first", () => exchange.streams.clients === 1);
    const before = keys();
    exchange.streams.expireKeys();
    await until("the next", () => keys() > before && exchange.streams.clients === 1);
  });

  describe("the exchange's own reports", () => {
    /** Looks come so seldom that whatever is heard was reported by the stream, or by the look that follows its opening. */
    const SELDOM_MS = 1_000_000;
    let heard: VenueEvent[];
    let quiet: CcxtVenue;
    beforeEach(async () => {
      quiet = openVenue(instrument, SELDOM_MS);
      heard = [];
      quiet.onEvent((event) => heard.push(event));
      venue.close();
      await until("its stream alone", () => exchange.streams.clients === 1 && heard.length > 0);
    });
    afterEach(() => quiet.close());

    test("an order and its fills are heard without asking", async () => {
      quiet.submit(order("mine-1"), pass);
      await until("the order", () => exchange.book.orders.length === 1);
      exchange.book.fill("mine-1", 0.04);
      exchange.book.fill("mine-1", 0.06);
      await until("both fills", () => fillIds(heard).size === 2);
      quiet.submit(order("mine-2"), pass);
      await until("the next", () => exchange.book.orders.length === 2);
      exchange.book.cancel(exchange.book.orders[1]!);
      await until("its end", () => heard.some((one) => one.kind === "order-canceled" && one.id === "mine-2"));
    });

    test("a stream that is over is noticed, and what it left out is found by looking", async () => {
      quiet.submit(order("mine-1"), pass);
      await until("the order", () => heard.some(({ kind }) => kind === "order-accepted"));
      exchange.streams.deliver = () => {};
      exchange.book.fill("mine-1", 0.1);
      exchange.streams.deliver = (send) => send();
      exchange.streams.expireKeys();
      await until("the fill", () => fillIds(heard).size === 1);
    });
  });

  test("an instrument in other steps than the exchange's is refused, and so is an exchange that is not known", async () => {
    const wrong = openVenue({ ...instrument, tickSize: "0.01" });
    await expect(wrong.meet()).rejects.toMatchObject({
      details: { code: "INSTRUMENT_MISMATCH", expected: "tick 0.1, lot 0.001, linear" },
    });
    wrong.close();
    expect(() => new CcxtEgress({ ...link(), exchange: "kraken" })).toThrow("kraken cannot be traded");
  });
});
