import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A local server that speaks the public part of Binance's REST protocol: server time, symbols, klines. */
export class ExchangeServer {
  readonly requests: string[] = [];
  /** Answers the next requests for klines with these statuses before it answers properly again. */
  failures: number[] = [];
  /** Bars at once; the exchange's own limit for the asked number is kept too. */
  pageSize = 500;
  readonly #server: Server;
  readonly #from: number;
  readonly #bars: number;
  readonly #intervalMs: number;

  constructor(options: { readonly from: number; readonly bars: number; readonly intervalMs: number }) {
    this.#from = options.from;
    this.#bars = options.bars;
    this.#intervalMs = options.intervalMs;
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://exchange");
      this.requests.push(url.pathname + url.search);
      const { status, body } = this.#answer(url);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The bar with this number: prices that tell the number. */
  static bar(i: number): readonly [open: number, high: number, low: number, close: number, volume: number] {
    return [100 + i, 102 + i, 99 + i, 101 + i, 10 + i];
  }

  #answer(url: URL): { status: number; body: unknown } {
    if (url.pathname === "/api/v3/exchangeInfo") return { status: 200, body: EXCHANGE_INFO };
    if (url.pathname !== "/api/v3/klines") return { status: 404, body: { code: -1, msg: "not here" } };
    const failure = this.failures.shift();
    if (failure !== undefined) return { status: failure, body: { code: -1003, msg: "Too many requests" } };
    const query = (name: string) => url.searchParams.get(name);
    if (query("symbol") !== "BTCUSDT") return { status: 400, body: { code: -1121, msg: "Invalid symbol." } };
    const since = Number(query("startTime") ?? this.#from);
    const limit = Math.min(this.pageSize, Number(query("limit") ?? 500));
    const first = Math.max(0, Math.ceil((since - this.#from) / this.#intervalMs));
    const count = Math.max(0, Math.min(limit, this.#bars - first));
    return { status: 200, body: Array.from({ length: count }, (_, i) => this.#kline(first + i)) };
  }

  #kline(i: number): unknown[] {
    const open = this.#from + i * this.#intervalMs;
    const prices = ExchangeServer.bar(i).map((value) => value.toFixed(8));
    return [open, ...prices, open + this.#intervalMs - 1, "1000.00000000", 42, "5.00000000", "500.00000000", "0"];
  }
}

const EXCHANGE_INFO = {
  timezone: "UTC",
  serverTime: 1_700_000_000_000,
  rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6000 }],
  exchangeFilters: [],
  symbols: [
    {
      symbol: "BTCUSDT",
      status: "TRADING",
      baseAsset: "BTC",
      baseAssetPrecision: 8,
      quoteAsset: "USDT",
      quotePrecision: 8,
      quoteAssetPrecision: 8,
      orderTypes: ["LIMIT", "MARKET"],
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: false,
      permissions: ["SPOT"],
      filters: [
        { filterType: "PRICE_FILTER", minPrice: "0.01000000", maxPrice: "1000000.00000000", tickSize: "0.01000000" },
        { filterType: "LOT_SIZE", minQty: "0.00001000", maxQty: "9000.00000000", stepSize: "0.00001000" },
      ],
    },
  ],
};
