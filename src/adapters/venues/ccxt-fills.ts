import type { Trade } from "ccxt";
import type { Fill } from "../../trading/fill.ts";
import type { ClientOrderId } from "../../trading/order.ts";
import type { CcxtMarkets } from "./ccxt-markets.ts";
import { fillOf } from "./ccxt-translation.ts";
import type { CcxtEgress } from "./egress-ccxt.ts";

/** An exchange may show a fill this much later than another one that came after it. */
const LATE_MS = 10_000;
/** Without a cursor: how far back a first look reaches. The exchanges keep a week. */
const FIRST_LOOK_MS = 24 * 3_600_000;
/** Pages of one look; the rest follows with the next. */
const MOST_PAGES = 20;
const MOST_ORDERS_KNOWN = 10_000;

export interface FillsRead {
  readonly fills: readonly Fill[];
  readonly cursor: string;
}

/** Reads executions in order of time, each once. The cursor holds the latest time and what was seen close to it. */
export class CcxtFills {
  readonly #egress: CcxtEgress;
  readonly #markets: CcxtMarkets;
  /** Which client order id an order of the exchange has: an execution names only the exchange's own. */
  readonly #clientIds = new Map<string, ClientOrderId>();

  constructor(egress: CcxtEgress, markets: CcxtMarkets) {
    this.#egress = egress;
    this.#markets = markets;
  }

  learn(venueOrderId: string, id: ClientOrderId): void {
    this.#clientIds.set(venueOrderId, id);
    const [oldest] = this.#clientIds.keys();
    if (this.#clientIds.size > MOST_ORDERS_KNOWN && oldest !== undefined) this.#clientIds.delete(oldest);
  }

  async since(cursor: string, now: number): Promise<FillsRead> {
    const atOnce = this.#egress.profile.fillsAtOnce;
    const [timeText = "", seenText = ""] = cursor.split("~");
    const latest = Number(timeText) || now - FIRST_LOOK_MS;
    const seen = new Set(seenText.split("|"));
    const found = await Promise.all(this.#markets.symbols.map((symbol) => this.ofSymbol(symbol, latest - LATE_MS)));
    const fills = found.flat().filter(({ id }) => !seen.has(id));
    fills.sort((a, b) => a.time - b.time);
    const newest = Math.max(latest, ...fills.map(({ time }) => time));
    const close = [...seen, ...fills.filter(({ time }) => time > newest - 2 * LATE_MS).map(({ id }) => id)];
    return {
      fills,
      cursor: `${newest}~${close
        .filter((id) => id !== "")
        .slice(-atOnce)
        .join("|")}`,
    };
  }

  /** A cursor behind everything up to a time. */
  static cursorAt(time: number): string {
    return `${time + LATE_MS}~`;
  }

  async ofSymbol(symbol: string, from: number): Promise<Fill[]> {
    const atOnce = this.#egress.profile.fillsAtOnce;
    const trades = new Map<string, Trade>();
    let since = from;
    for (let page = 0; page < MOST_PAGES; page++) {
      const found = await this.#egress.ask((exchange) => exchange.fetchMyTrades(symbol, since, atOnce));
      const before = trades.size;
      for (const trade of found) trades.set(String(trade.id), trade);
      if (found.length < atOnce || trades.size === before) break;
      since = found.at(-1)?.timestamp ?? since;
    }
    const fills: Fill[] = [];
    for (const trade of trades.values()) fills.push(...(await this.of(trade)));
    return fills;
  }

  /** An execution as a fill of an order of ours; none when it is of something that is not traded here. */
  async of(trade: Trade): Promise<Fill[]> {
    const instrument = this.#markets.instrument(trade.symbol);
    return instrument === undefined ? [] : [fillOf(trade, await this.#orderOf(trade), instrument)];
  }

  async #orderOf({ order: venueOrderId = "", symbol }: Trade): Promise<ClientOrderId> {
    const known = this.#clientIds.get(venueOrderId);
    if (known !== undefined) return known;
    const order = await this.#egress.ask((exchange) => exchange.fetchOrder(venueOrderId, symbol));
    const id = (order.clientOrderId ?? venueOrderId) as ClientOrderId;
    this.learn(venueOrderId, id);
    return id;
  }
}
