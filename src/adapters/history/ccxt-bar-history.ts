import type { Exchange } from "ccxt";
import { emptyColumns } from "../../backtest/data/repair-bars.ts";
import { messageOf, OperatorError, OutageError } from "../../core/errors.ts";
import type { OpenBarHistory } from "../../ports/bar-history.ts";
import type { BarColumns } from "../../trading/bar.ts";

/** What one request waits for an answer. */
const TIMEOUT_MS = 20_000;

/** Histories of the exchanges that ccxt knows: public data, never with a key. Its throttle keeps to each rate limit. */
export const openCcxtBarHistory: OpenBarHistory = async (name, { endpoint } = {}) => {
  const { default: ccxt } = await import("ccxt");
  const known: Record<string, unknown> = ccxt;
  const Maker = ccxt.exchanges.includes(name) ? known[name] : undefined;
  if (typeof Maker !== "function") throw unknownExchange(name, ccxt.exchanges);
  const exchange: Exchange = Reflect.construct(Maker, [{ enableRateLimit: true, timeout: TIMEOUT_MS }]);
  if (endpoint !== undefined) redirect(exchange, endpoint);
  if (exchange.has.fetchOHLCV !== true) throw noHistory(name);

  return {
    async page(symbol, interval, sinceMs) {
      try {
        spotOnly(exchange, symbol);
        await exchange.loadMarkets();
        const intervalMs = intervalOf(exchange, interval);
        const rows = await exchange.fetchOHLCV(symbol, interval, sinceMs);
        const now = exchange.milliseconds();
        // The newest bar is still being made; some exchanges also answer from before what was asked for.
        return columnsOf(rows.filter(([time]) => Number(time) >= sinceMs && Number(time) + intervalMs <= now));
      } catch (error) {
        throw translated(error, name, symbol, ccxt);
      }
    },
  };
};

/** A large exchange's markets of contracts are not needed for a spot symbol, and take longest to load. */
function spotOnly(exchange: Exchange, symbol: string): void {
  if (!symbol.includes(":") && exchange.id.startsWith("binance")) exchange.options.fetchMarkets = { types: ["spot"] };
}

function intervalOf(exchange: Exchange, interval: string): number {
  if (exchange.timeframes !== undefined && interval in exchange.timeframes)
    return exchange.parseTimeframe(interval) * 1000;
  throw new OperatorError(`${exchange.id} has no bars of ${interval}.`, {
    exit: "usage",
    code: "INTERVAL_UNKNOWN",
    expected: Object.keys(exchange.timeframes ?? {}).join(", "),
    found: interval,
  });
}

function columnsOf(rows: readonly (readonly (number | undefined)[])[]): BarColumns {
  const columns = emptyColumns(rows.length);
  for (const [i, [time, open, high, low, close, volume]] of rows.entries()) {
    columns.time[i] = time ?? Number.NaN;
    columns.open[i] = open ?? Number.NaN;
    columns.high[i] = high ?? Number.NaN;
    columns.low[i] = low ?? Number.NaN;
    columns.close[i] = close ?? Number.NaN;
    columns.volume[i] = volume ?? 0;
  }
  return columns;
}

/** Sends every request to another host that speaks the same protocol: a mirror, a proxy. */
function redirect(exchange: Exchange, endpoint: string): void {
  const { origin } = new URL(endpoint);
  const moved = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(/^https?:\/\/[^/]+/, origin);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, moved(inner)]));
  };
  Object.assign(exchange.urls, { api: moved(exchange.urls.api) });
}

function translated(error: unknown, exchange: string, symbol: string, ccxt: typeof import("ccxt").default): unknown {
  if (error instanceof OperatorError) return error;
  if (error instanceof ccxt.BadSymbol) {
    return new OperatorError(`${exchange} has no ${symbol}.`, {
      exit: "notFound",
      code: "SYMBOL_UNKNOWN",
      expected: "a symbol such as BTC/USDT",
      found: symbol,
      cause: error,
    });
  }
  if (error instanceof ccxt.NetworkError) return new OutageError(exchange, messageOf(error), { cause: error });
  return error;
}

function unknownExchange(name: string, all: readonly string[]): OperatorError {
  return new OperatorError(`There is no exchange ${name}.`, {
    exit: "notFound",
    code: "EXCHANGE_UNKNOWN",
    expected: `one of ${all.length}: ${all
      .filter((one) => one.startsWith(name[0] ?? ""))
      .slice(0, 12)
      .join(", ")} ...`,
    found: name,
  });
}

function noHistory(name: string): OperatorError {
  return new OperatorError(`${name} gives no history of bars.`, { exit: "notFound", code: "NO_HISTORY", found: name });
}
