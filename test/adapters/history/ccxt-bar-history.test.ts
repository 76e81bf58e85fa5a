import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchBars } from "../../../src/actions/fetch-bars.ts";
import { fileBarStore } from "../../../src/adapters/files/file-bar-store.ts";
import { openCcxtBarHistory } from "../../../src/adapters/history/ccxt-bar-history.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { ExchangeServer } from "../../support/exchange-server.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2023, 0, 1);
const BARS = 1700;

let folder: string;
let server: ExchangeServer;
let endpoint: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ttt-fetch-"));
  server = new ExchangeServer({ from: START, bars: BARS, intervalMs: HOUR });
  endpoint = await server.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Waits cost nothing, and are counted. */
const waits: number[] = [];
const impatient: Clock = {
  ...systemClock,
  after(delayMs, callback) {
    waits.push(delayMs);
    return systemClock.after(0, callback);
  },
};
const sources = () => ({ bars: fileBarStore(folder), openHistory: openCcxtBarHistory, clock: impatient });
const request = (more = {}) => ({
  exchange: "binance",
  symbol: "BTC/USDT",
  interval: "1h",
  from: START,
  endpoint,
  ...more,
});
const klines = () => server.requests.filter((path) => path.startsWith("/api/v3/klines"));

test("pages become one dataset, bar by bar what the exchange has", async () => {
  const { dataset, had, fetched } = await fetchBars(request(), sources());
  expect({ had, fetched }).toEqual({ had: 0, fetched: BARS });
  expect(dataset).toMatchObject({
    name: "binance-btc-usdt-1h",
    synthetic: false,
    source: "binance BTC/USDT 1h",
    from: START,
  });
  const { columns } = (await fileBarStore(folder).read(dataset.name))!;
  for (const i of [0, 499, 500, BARS - 1]) {
    const { time, open, high, low, close, volume } = columns;
    expect([time[i], open[i], high[i], low[i], close[i], volume[i]]).toEqual([
      START + i * HOUR,
      ...ExchangeServer.bar(i),
    ]);
  }
  expect(klines().length).toBeLessThanOrEqual(5);
});

test("a fetch that was interrupted keeps what came, and the same command goes on from there", async () => {
  server.pageSize = 400;
  const stop = new AbortController();
  const stopped = fetchBars(request({ signal: stop.signal, onProgress: () => stop.abort() }), sources());
  await expect(stopped).rejects.toMatchObject({ details: { exit: "interrupted" } });
  expect((await fileBarStore(folder).find("binance-btc-usdt-1h"))!.rows).toBe(400);

  const before = klines().length;
  const { had, fetched } = await fetchBars(request(), sources());
  expect({ had, fetched }).toEqual({ had: 400, fetched: BARS - 400 });
  expect(klines()[before]).toContain(`startTime=${START + 399 * HOUR + 1}`);
  const again = await fetchBars(request(), sources());
  expect(again).toMatchObject({ had: BARS, fetched: 0 });
});

test("an exchange that refuses for a while is waited for, longer each time; one that stays away is an outage", async () => {
  waits.length = 0;
  server.failures = [429, 503, 429];
  expect((await fetchBars(request(), sources())).fetched).toBe(BARS);
  expect(waits).toEqual([1000, 2000, 4000]);

  server.failures = new Array(10).fill(503);
  await expect(fetchBars(request({ name: "other" }), sources())).rejects.toMatchObject({ details: { exit: "outage" } });
});

test("only the time asked for is kept, and never a bar that is still open", async () => {
  const { dataset } = await fetchBars(request({ from: START + 10 * HOUR, to: START + 30 * HOUR }), sources());
  expect(dataset).toMatchObject({ rows: 20, from: START + 10 * HOUR, to: START + 29 * HOUR });

  const now = Math.floor(systemClock.now() / HOUR) * HOUR;
  const recent = new ExchangeServer({ from: now - 5 * HOUR, bars: 6, intervalMs: HOUR });
  const address = await recent.start();
  const clock = { ...impatient, now: () => now + HOUR / 2 };
  const wanted = request({ from: now - 5 * HOUR, endpoint: address, name: "recent" });
  const result = await fetchBars(wanted, { ...sources(), clock });
  expect(result.dataset.to).toBe(now - HOUR);
  await recent.stop();
});

test("what does not exist is said in words", async () => {
  const failing = (more: object) => expect(fetchBars(request(more), sources())).rejects;
  await failing({ exchange: "nonesuch" }).toMatchObject({ details: { code: "EXCHANGE_UNKNOWN" } });
  await failing({ symbol: "NO/SUCH" }).toMatchObject({ details: { code: "SYMBOL_UNKNOWN", exit: "notFound" } });
  await failing({ interval: "7m" }).toMatchObject({ details: { code: "INTERVAL_UNKNOWN", exit: "usage" } });
});
