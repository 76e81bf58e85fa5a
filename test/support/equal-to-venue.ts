import { expect } from "vitest";
import { type TradingStack, until } from "./trading-stack.ts";

/** Waits until our own records say what the venue's say: fills one for one, the positions, and the open orders. */
export async function equalToVenue(stack: TradingStack, instrument = "SYN-USD"): Promise<void> {
  let ours = {};
  let theirs = {};
  try {
    await until(async () => {
      [ours, theirs] = [await ourRecord(stack), await venueRecord(stack, instrument)];
      return JSON.stringify(ours) === JSON.stringify(theirs);
    });
  } catch {
    expect(ours).toEqual(theirs);
  }
}

/** No intent became two orders, and no order at the venue is without an intent. */
export async function oneOrderAnIntent(stack: TradingStack): Promise<void> {
  const sent = stack.orderIdsAtVenue();
  expect(new Set(sent).size).toBe(sent.length);
  // Whatever state it is in: that an order has arrived may be known to the venue before it is written down here.
  const rows = await stack.sql.query<{ id: string }>(
    "SELECT client_order_id AS id FROM order_intent WHERE state <> 'denied'",
  );
  const intended = new Set(rows.map(({ id }) => id));
  expect(sent.filter((id) => !intended.has(id))).toEqual([]);
}

async function ourRecord({ sql }: TradingStack) {
  const fills = await sql.query<{ id: string }>("SELECT venue_fill_id AS id FROM fill");
  const positions = await sql.query<{ account: string; quantity: string }>(
    "SELECT account, sum(quantity)::float8 AS quantity FROM position GROUP BY account HAVING sum(quantity) <> 0 ORDER BY account",
  );
  const open = await sql.query<{ id: string }>(
    `SELECT client_order_id AS id FROM order_intent
     WHERE state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired')`,
  );
  return {
    fills: fills.map(({ id }) => id).sort(),
    positions: positions.map(({ account, quantity }) => [account, quantity]),
    open: open.map(({ id }) => id).sort(),
  };
}

async function venueRecord(stack: TradingStack, instrument: string) {
  const [fills, orders] = [await stack.venueFills(), await stack.venueOrders()];
  const { positions } = await stack.venue.ask({ op: "positions" });
  return {
    fills: fills.map(({ fillId }) => fillId).sort(),
    positions: positions
      .filter((one) => one.instrument === instrument && one.quantity !== 0)
      .map(({ account, quantity }): [string, number] => [account, quantity])
      .sort(([a], [b]) => a.localeCompare(b)),
    open: orders.map(({ clientOrderId }) => clientOrderId).sort(),
  };
}
