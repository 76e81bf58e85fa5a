import { lots, type Ticks } from "../trading/instrument.ts";
import type { ClientOrderId, OrderTerms } from "../trading/order.ts";
import type { LiveTrade, OpenTrades } from "./open-trades.ts";
import type { VenueCapabilities } from "./session-config.ts";
import type { StoredPartition } from "./stored.ts";
import type { BookView, Wish } from "./trader.ts";

const KINDS = ["stop-loss", "take-profit", "close"] as const;
type Kind = (typeof KINDS)[number];

interface Exit {
  readonly group: string;
  readonly kind: Kind;
  readonly terms: OrderTerms;
  id: ClientOrderId | undefined;
}

/**
 * Keeps the exits of every open trade resting at the venue as the strategy wants them: places what is missing, replaces
 * what has another price or quantity, withdraws what belongs to a trade that is closed. Stateless towards the venue, so
 * a cancelled or denied exit comes back by itself with the next event.
 */
export class ExitKeeper {
  readonly #trades: OpenTrades;
  readonly #capabilities: VenueCapabilities;
  readonly #exits: Exit[] = [];
  readonly #closing = new Map<string, number>();

  constructor(trades: OpenTrades, capabilities: VenueCapabilities) {
    this.#trades = trades;
    this.#capabilities = capabilities;
  }

  /** Closes so many lots of the trade at the next opportunity. */
  close(trade: LiveTrade, quantity: number): void {
    this.#closing.set(trade.group, quantity);
  }

  /** The trade that an order was made to close. */
  groupOf(id: ClientOrderId): string | undefined {
    return this.#exits.find((exit) => exit.id === id)?.group;
  }

  /** Takes up the exits that rest from an earlier holder, so that they are not placed a second time. */
  adopt(orders: StoredPartition["orders"]): void {
    for (const { intent, order } of orders) {
      const kind = KINDS.find((one) => one === intent.tag);
      const trade = this.#trades.of(intent.terms.instrument).find((one) => one.side !== intent.terms.side);
      if (!intent.terms.reduceOnly || kind === undefined || trade === undefined) continue;
      this.#exits.push({ group: trade.group, kind, terms: intent.terms, id: order.id });
      if (kind === "close") this.#closing.set(trade.group, order.terms.quantity - order.filled);
    }
  }

  wishes(book: BookView): Wish[] {
    const wanted = this.#trades.all.flatMap((trade) => this.#wanted(trade));
    const wishes: Wish[] = [];
    for (let index = this.#exits.length - 1; index >= 0; index--) {
      const exit = this.#exits[index]!;
      if (exit.id === undefined || !book.orders.has(exit.id)) {
        this.#ended(exit, book);
        this.#exits.splice(index, 1);
      } else if (!wanted.some((one) => isMet(one, exit, book))) {
        if (book.orders.get(exit.id)?.cancelAsked !== true) wishes.push({ kind: "cancel", id: exit.id });
      }
    }
    for (const one of wanted) {
      // While the old one is being withdrawn the new one waits: two of a kind could both fill.
      if (!this.#exits.some((exit) => exit.group === one.group && exit.kind === one.kind))
        wishes.push(this.#place(one));
    }
    return wishes;
  }

  #wanted(trade: LiveTrade): Exit[] {
    const exits: Exit[] = [];
    const { takesBoth } = this;
    const closing = this.#closing.get(trade.group);
    const quantity = Math.min(closing ?? 0, trade.open);
    if (quantity > 0) exits.push(exitOf(trade, "close", quantity, undefined));
    if (quantity > 0 && !takesBoth) return exits;
    if (trade.stopLoss !== undefined) exits.push(exitOf(trade, "stop-loss", trade.open, trade.stopLoss));
    if (trade.takeProfit !== undefined && takesBoth)
      exits.push(exitOf(trade, "take-profit", trade.open, trade.takeProfit));
    return exits;
  }

  /** Stop-loss and take-profit may rest together only where the venue keeps both from filling. */
  get takesBoth(): boolean {
    return this.#capabilities.groups || this.#capabilities.holdsReduceOnly;
  }

  #place(exit: Exit): Wish {
    this.#exits.push(exit);
    const trade = this.#trades.all.find((one) => one.group === exit.group);
    return {
      kind: "place",
      terms: exit.terms,
      tag: exit.kind,
      ...(trade?.entry === undefined ? {} : { parent: trade.entry }),
      answered: (id) => {
        exit.id = id;
        if (id === undefined) this.#exits.splice(this.#exits.indexOf(exit), 1);
      },
    };
  }

  /** A close that has done its work is not made again; one that was refused or cancelled is given up with it. */
  #ended(exit: Exit, book: BookView): void {
    if (exit.kind !== "close" || exit.id === undefined) return;
    const filled = book.find(exit.id)?.filled ?? 0;
    const left = (this.#closing.get(exit.group) ?? 0) - filled;
    if (left > 0 && filled > 0) this.#closing.set(exit.group, left);
    else this.#closing.delete(exit.group);
  }
}

function exitOf(trade: LiveTrade, kind: Kind, quantity: number, price: Ticks | undefined): Exit {
  const base = {
    instrument: trade.instrument,
    side: trade.side === "buy" ? "sell" : "buy",
    quantity: lots(quantity),
    timeInForce: "gtc",
    reduceOnly: true,
    group: trade.group,
  } as const;
  const terms: OrderTerms =
    price === undefined
      ? { ...base, type: "market" }
      : kind === "stop-loss"
        ? { ...base, type: "stop", stop: price }
        : { ...base, type: "limit", limit: price };
  return { group: trade.group, kind, terms, id: undefined };
}

/** Whether what rests is what is wanted. A close may already have filled in part. */
function isMet(wanted: Exit, exit: Exit, book: BookView): boolean {
  if (wanted.group !== exit.group || wanted.kind !== exit.kind || exit.id === undefined) return false;
  const order = book.orders.get(exit.id)?.order;
  if (order === undefined) return false;
  const open = order.terms.quantity - order.filled;
  const same = wanted.terms.stop === exit.terms.stop && wanted.terms.limit === exit.terms.limit;
  return same && (wanted.kind === "close" || open === wanted.terms.quantity);
}
