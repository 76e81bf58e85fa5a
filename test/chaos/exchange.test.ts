import { afterEach, beforeEach, expect, test } from "vitest";
import { BinanceUsdm } from "../support/exchanges/binance-usdm.ts";
import { TradingStack, until } from "../support/trading-stack.ts";

/** In a market above its average it keeps a limit order two per cent below, and a take-profit above what it holds. No stop: none can rest there. */
const PULLBACK = "mean-reversion@BTC-USDT?period=2&discount=0.02&units=0.01&life=1000&stopLoss=0";

let exchange: BinanceUsdm;
let stack: TradingStack;
beforeEach(async () => {
  exchange = new BinanceUsdm();
});
afterEach(async () => {
  try {
    await stack.close();
  } finally {
    await exchange.close();
  }
});

const klines = () => exchange.requests.filter((name) => name === "GET /fapi/v1/klines").length;

/** The market goes up bar by bar, each once the one before it was asked for, until what the worker does about it shows. */
async function rise(shows: () => boolean): Promise<void> {
  while (!shows()) {
    const asked = klines();
    exchange.book.move(exchange.book.price + 0.5);
    exchange.book.closeBar();
    await until(() => shows() || klines() > asked + 1);
  }
}

test("OL-05 KS-19 KS-27 a worker trades over an exchange's own protocol, and a kill is proven by its record", async () => {
  const origin = await exchange.listen();
  stack = await TradingStack.open({ partitions: PULLBACK, exchange: origin });
  await stack.startAll();
  await rise(() => exchange.openOrders.length > 0);
  const [entry] = exchange.openOrders;
  expect(entry).toMatchObject({ side: "BUY", type: "LIMIT", origQty: 0.01, reduceOnly: false });
  await until(() => exchange.armed);

  // The market falls to it: the fill comes by the stream, and the take-profit goes to rest.
  exchange.book.move(entry!.price);
  await until(() => exchange.openOrders.some(({ reduceOnly }) => reduceOnly));
  await until(async () => {
    const [row] = await stack.sql.query<{ n: number }>("SELECT count(*) AS n FROM fill");
    return Number(row!.n) === 1;
  });

  const canceled = await stack.kill("--cancel");
  expect([canceled.exitCode, canceled.report.verdict]).toEqual([0, "verified"]);
  expect(canceled.report.accounts).toMatchObject([{ venue: "binanceusdm", proven: true, ordersAfter: [] }]);
  expect(canceled.report.accounts[0]!.positionsAfter).toEqual([{ instrument: "BTC-USDT", quantity: 0.01 }]);
  expect(exchange.openOrders).toEqual([]);

  // A level that blocks does not let exits pass either: to close what is held somebody arms first.
  expect((await stack.ttt("arm", "--reason", "test")).exitCode).toBe(0);
  const flattened = await stack.kill("--flatten");
  expect([flattened.exitCode, flattened.report.verdict]).toEqual([0, "verified"]);
  expect(exchange.book.position("BTCUSDT")).toBe(0);
  expect(exchange.openOrders).toEqual([]);
  expect(exchange.book.orders.at(-1)).toMatchObject({ side: "SELL", reduceOnly: true, status: "FILLED" });
});
