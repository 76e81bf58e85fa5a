import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accept, refuse } from "../../src/core/result.ts";
import type { OutgoingOrder, VenueEvent } from "../../src/ports/venue.ts";
import { lots, strategyId, ticks } from "../../src/trading/instrument.ts";
import type { ClientOrderId, OrderTerms } from "../../src/trading/order.ts";
import { until } from "../support/until.ts";
import { ACCOUNT, exchangeRig, type Misbehaviour, paperRig, type VenueRig } from "../support/venue-rigs.ts";

const rigs = { "the paper venue": paperRig, "an exchange over ccxt": exchangeRig };

describe.each(Object.entries(rigs))("venue: %s", (_name, open) => {
  let rig: VenueRig;
  let events: VenueEvent[];
  let count = 0;
  beforeAll(async () => {
    rig = await open();
    rig.venue.onEvent((event) => events?.push(event));
  });
  afterAll(() => rig.close());
  beforeEach(async () => {
    events = [];
    await rig.misbehave(undefined);
    await until("the connection", () =>
      rig.venue.cancelAll({}).then(
        () => true,
        () => false,
      ),
    );
    await until("no order", async () => (await rig.openIds()).length === 0);
  });

  const pass = () => accept(true as const);
  const newId = () => `mine-${++count}` as ClientOrderId;
  /** Far below any market: it rests. */
  const order = (id: ClientOrderId, more: Partial<OrderTerms> = {}): OutgoingOrder => ({
    id,
    terms: {
      instrument: rig.instrument.id,
      side: "buy",
      type: "limit",
      quantity: lots(10),
      limit: ticks(10),
      timeInForce: "gtc",
      reduceOnly: false,
      ...more,
    },
    departure: {
      owner: {
        venue: rig.instrument.venue,
        account: ACCOUNT,
        strategy: strategyId("mine"),
        instrument: rig.instrument.id,
      },
      token: 1,
      epoch: 1,
      reducing: false,
    },
  });
  const market = (id: ClientOrderId, side: "buy" | "sell" = "buy"): OutgoingOrder => {
    const { limit: _none, ...terms } = order(id).terms;
    return { ...order(id), terms: { ...terms, type: "market", side, timeInForce: "ioc" } };
  };
  const seen = (kind: VenueEvent["kind"], id: string) =>
    until(`${kind} of ${id}`, () => events.find((one) => one.kind === kind && "id" in one && one.id === id));
  const filledIds = (id: string) =>
    new Set(events.flatMap((one) => (one.kind === "order-filled" && one.fill.order === id ? [one.fill.id] : [])));
  const submit = (one: OutgoingOrder) => until(`${one.id} to leave`, () => rig.venue.submit(one, pass).ok);
  async function resting(): Promise<ClientOrderId> {
    const id = newId();
    await submit(order(id));
    await seen("order-accepted", id);
    return id;
  }

  test("an order is acknowledged, rests, and is shown with its terms", async () => {
    const id = await resting();
    expect(await rig.openIds()).toEqual([id]);
    const { openOrders } = await rig.venue.snapshot("");
    expect(openOrders).toMatchObject([
      { clientOrderId: id, state: "open", filled: 0, terms: { side: "buy", type: "limit", quantity: 10, limit: 10 } },
    ]);
    expect(await rig.venue.order(id)).toMatchObject({ order: { state: "open" }, fills: [] });
  });

  test("KS-11 what the gate refuses never reaches the venue", async () => {
    const id = newId();
    const refused = rig.venue.submit(order(id), () => refuse({ code: "KILLED" }));
    if (refused.ok) await seen("order-held-back", id);
    else expect(refused.refusal.code).toBe("KILLED");
    expect(await rig.venue.order(id)).toBeUndefined();
  });

  test("OL-07 a fill is reported, moves the position, and a cursor gives it once", async () => {
    const before = await rig.venue.snapshot("");
    const id = newId();
    await submit(market(id));
    await until("the fill", () => filledIds(id).size === 1);
    const after = await rig.venue.snapshot(before.fillCursor);
    expect(after.fills).toMatchObject([{ order: id, side: "buy", lots: 10 }]);
    expect(filledIds(id)).toEqual(new Set(after.fills.map((fill) => fill.id)));
    const held = (snapshot: typeof after) => snapshot.positions.get(rig.instrument.id) ?? 0;
    expect(held(after) - held(before)).toBe(10);
    expect((await rig.venue.snapshot(after.fillCursor)).fills).toEqual([]);
    expect(await rig.venue.order(id)).toMatchObject({ order: { state: "filled", filled: 10 }, fills: [{ lots: 10 }] });
  });

  test("RC-16 RC-30 a snapshot shows free cash and the venue's own price", async () => {
    const { cash, marks } = await rig.venue.snapshot("");
    expect(cash).toBeGreaterThan(0);
    expect(marks?.get(rig.instrument.id)?.price).toBeGreaterThan(0);
  });

  test("OL-02 the same client id never becomes two orders, and never a rejection", async () => {
    const id = await resting();
    await submit(order(id));
    await until("an answer", () => events.filter((one) => "id" in one && one.id === id).length > 1);
    expect(await rig.openIds()).toEqual([id]);
    expect(events.some(({ kind }) => kind === "order-rejected")).toBe(false);
  });

  test("OL-03 an order that is not there is unknown, and withdrawing it is rejected", async () => {
    const id = newId();
    expect(await rig.venue.order(id)).toBeUndefined();
    rig.venue.cancel(id);
    await seen("cancel-rejected", id);
  });

  test("KS-15 a cancel is confirmed with what had filled, and one of a filled order is rejected", async () => {
    const id = await resting();
    rig.venue.cancel(id);
    expect(await seen("order-canceled", id)).toMatchObject({ filled: 0 });
    expect(await rig.openIds()).toEqual([]);
    const filled = newId();
    await submit(market(filled, "sell"));
    await until("the fill", () => filledIds(filled).size === 1);
    rig.venue.cancel(filled);
    await seen("cancel-rejected", filled);
  });

  test("KS-01 all orders of a strategy are withdrawn at once", async () => {
    const ids = [await resting(), await resting()];
    expect([...(await rig.venue.cancelAll({ strategy: strategyId("mine") }))].sort()).toEqual(ids.sort());
    expect(await rig.openIds()).toEqual([]);
    expect(await rig.venue.cancelAll({ strategy: strategyId("mine") })).toEqual([]);
  });

  test("KS-27 the dead-man's switch withdraws what nobody speaks for any more", async () => {
    const id = await resting();
    expect(rig.venue.deadMansSwitch.offered).toBe(true);
    const selection = { strategy: strategyId("mine"), instrument: rig.instrument.id };
    await rig.venue.deadMan(selection, 60_000);
    await rig.venue.deadMan(selection, 0);
    expect(await rig.openIds()).toEqual([id]);
    await rig.venue.deadMan(selection, 100);
    await until("the switch", async () => (await rig.openIds()).length === 0);
    await seen("order-canceled", id);
  });

  test("OL-06 what happens while the connection is gone is heard once it is back", async () => {
    const id = await resting();
    events.length = 0;
    await rig.inAGap(() => rig.cancelBehind(id));
    await seen("order-canceled", id);
    await until("the connection", () => events.some(({ kind }) => kind === "venue-connected"));
    // Gone, and then back: never the other way round.
    const turns = events.flatMap(({ kind }) => (/^venue-/.test(kind) ? [kind] : []));
    expect(turns.slice(0, 2)).toEqual(["venue-disconnected", "venue-connected"]);
    await resting();
  });

  test.each<Misbehaviour>(["double", "swap", "lose"])(
    "OL-07 reports in disorder (%s) change nothing in the end",
    async (how) => {
      const { fillCursor } = await rig.venue.snapshot("");
      await rig.misbehave(how);
      const [bought, canceled] = [newId(), newId()];
      await submit(market(bought));
      await submit(order(canceled));
      await until("both at the venue", async () => {
        return (await rig.fillsOf(bought)) === 1 && (await rig.openIds()).includes(canceled);
      });
      await rig.cancelBehind(canceled);
      const { fills, openOrders } = await rig.venue.snapshot(fillCursor);
      expect([fills.map((fill) => fill.order), openOrders]).toEqual([[bought], []]);
      // Whatever was reported of the fill, and however often, is that fill.
      for (const id of filledIds(bought)) expect(id).toBe(fills[0]!.id);
      expect(await rig.venue.order(canceled)).toMatchObject({ order: { state: "canceled" } });
    },
  );
});
