import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KillReport } from "../../src/actions/kill/kill-report.ts";
import { BinanceUsdm } from "../support/exchanges/binance-usdm.ts";
import { SupervisedStack } from "../support/supervised-stack.ts";
import { exchangeSettings, until } from "../support/trading-stack.ts";
import { PATIENCE_MS } from "../support/until.ts";

/** In a market above its average it keeps a limit order two per cent below, and a take-profit above what it holds. No stop: none can rest there. */
const PULLBACK = "mean-reversion@BTC-USDT?period=2&discount=0.02&units=0.01&life=1000&stopLoss=0";
/** How long the exchange lets orders rest without a word: refreshed four times as often. */
const DEAD_MAN_MS = 12_000;

let exchange: BinanceUsdm;
let stack: SupervisedStack;
beforeEach(async () => {
  exchange = new BinanceUsdm();
  const settings = exchangeSettings(await exchange.listen());
  const dead = { TTT_VENUE_DEAD_MAN_MS: String(DEAD_MAN_MS) };
  stack = new SupervisedStack({ ...settings, ...dead, TTT_TRADING_PARTITIONS: PULLBACK, TTT_WORKER_COUNT: "1" });
});
afterEach(async () => {
  try {
    await stack.close();
  } finally {
    await exchange.close();
  }
});

const asked = (request: string) => exchange.requests.filter((name) => name === request).length;
const klines = () => asked("GET /fapi/v1/klines");
const refreshes = () => asked("POST /fapi/v1/countdownCancelAll");

/** The market goes up bar by bar, each once the one before it was asked for, until what the worker does about it shows. */
async function rise(shows: () => boolean): Promise<void> {
  while (!shows()) {
    const before = klines();
    exchange.book.move(exchange.book.price + 0.5);
    exchange.book.closeBar();
    await until(() => shows() || klines() > before + 1);
  }
}

const rests = () => exchange.openOrders.length > 0;

async function kill(...args: string[]): Promise<{ exitCode: number | undefined; report: KillReport }> {
  const patience = ["--ack-timeout", String(PATIENCE_MS), "--timeout", String(PATIENCE_MS / 1_000)];
  const { exitCode, data } = await stack.json("kill", "--reason", "test", ...patience, ...args);
  return { exitCode, report: data };
}

/** Ends a process as a crash does, and resolves when it is gone. */
async function crash(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await until(() => !isThere(pid));
}

function isThere(pid: number): boolean {
  try {
    // A process that nobody has taken note of is a zombie, and gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("OL-05 KS-19 KS-27 a supervised worker trades over an exchange's own protocol; a kill is proven by its record; when everybody is dead, the exchange withdraws", async () => {
  expect((await stack.ttt("up")).exitCode).toBe(0);
  const instances = (await stack.snapshot()).instances.map(({ instance }) => instance);
  expect([instances.includes("worker-1"), instances.includes("paper-venue")]).toEqual([true, false]);
  await rise(rests);
  const [entry] = exchange.openOrders;
  expect(entry).toMatchObject({ side: "BUY", type: "LIMIT", origQty: 0.01, reduceOnly: false });
  await until(() => exchange.armed);

  // The market falls to it: the fill comes by the stream, and the take-profit goes to rest.
  exchange.book.move(entry!.price);
  await until(() => exchange.openOrders.some(({ reduceOnly }) => reduceOnly));
  const sql = await stack.sql();
  await until(async () => (await sql.query("SELECT 1 FROM fill")).length === 1);

  const canceled = await kill("--cancel");
  expect([canceled.exitCode, canceled.report.verdict]).toEqual([0, "verified"]);
  expect(canceled.report.accounts).toMatchObject([{ venue: "binanceusdm", proven: true, ordersAfter: [] }]);
  expect(canceled.report.accounts[0]!.positionsAfter).toEqual([{ instrument: "BTC-USDT", quantity: 0.01 }]);
  expect(exchange.openOrders).toEqual([]);

  // A level that blocks does not let exits pass either: to close what is held somebody arms first.
  const arm = (scope: string) => stack.ttt("arm", "--scope", scope, "--reason", "test", "--patience", "60");
  expect((await arm("global")).exitCode).toBe(0);
  const flattened = await kill("--flatten");
  expect([flattened.exitCode, flattened.report.verdict]).toEqual([0, "verified"]);
  expect(exchange.book.position("BTCUSDT")).toBe(0);
  expect(exchange.openOrders).toEqual([]);
  expect(exchange.book.orders.at(-1)).toMatchObject({ side: "SELL", reduceOnly: true, status: "FILLED" });

  expect([(await arm("global")).exitCode, (await arm("strategy:mean-reversion")).exitCode]).toEqual([0, 0]);
  await rise(rests);
  const { supervisor, instances: last } = await stack.snapshot();
  // Nobody supervises any more: the worker goes on, and goes on pushing the countdown out.
  await crash(supervisor.pid);
  const before = refreshes();
  await until(() => refreshes() > before + 2);
  await rise(() => rests() && exchange.armed);
  const [left] = exchange.openOrders;
  const { lapsed } = exchange;
  await crash(last.find(({ instance }) => instance === "worker-1")!.pid!);
  // Nobody asks for anything any more. The countdown that nobody pushes out runs out.
  await until(() => exchange.lapsed > lapsed);
  expect(exchange.openOrders).toEqual([]);
  expect(left).toMatchObject({ status: "CANCELED", executedQty: 0 });

  // Who comes back learns it from the exchange, and trades again.
  expect((await stack.ttt("up")).exitCode).toBe(0);
  await until(async () => {
    const [row] = await sql.query("SELECT state FROM order_intent WHERE client_order_id = $1", [left!.clientOrderId]);
    return row?.state === "canceled";
  });
  await rise(rests);
});
