import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { BinanceOrder, BinanceTrade } from "./binance-book.ts";

/** What becomes of a message on its way to a client: `send` as often and as late as the test likes. */
export type Delivery = (send: () => void) => void;

/** The user data stream: listen keys, and an ORDER_TRADE_UPDATE for every change of an order. */
export class BinanceStreams {
  /** By default at once and once. */
  deliver: Delivery = (send) => send();
  #key = 0;
  #valid = new Set<string>();
  readonly #server = new WebSocketServer({ noServer: true });

  get clients(): number {
    return this.#server.clients.size;
  }

  /** The account's key: as long as it is valid, everybody who asks gets the same. */
  listenKey(): string {
    const [valid] = this.#valid;
    if (valid !== undefined) return valid;
    this.#key += 1;
    const key = `listen-${this.#key}`;
    this.#valid.add(key);
    return key;
  }

  isValid(key: string | undefined): boolean {
    return key !== undefined && this.#valid.has(key);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "ws://exchange");
    if (url.pathname !== "/private/ws" || !this.isValid(url.searchParams.get("listenKey") ?? "")) {
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, () => {});
  }

  changed(order: BinanceOrder, what: string, trade?: BinanceTrade): void {
    this.send(orderTradeUpdate(order, what, trade));
  }

  send(message: object): void {
    const text = JSON.stringify(message);
    this.deliver(() => {
      for (const client of this.#server.clients) client.send(text);
    });
  }

  /** The connections break without a word; keys stay valid. */
  cut(): void {
    this.#each((client) => client.terminate());
  }

  /** What the exchange does when a key was not kept alive: it says so, and the connection goes on without events. */
  expireKeys(): void {
    this.#valid.clear();
    this.send({ e: "listenKeyExpired", E: Date.now() });
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #each(act: (client: WebSocket) => void): void {
    for (const client of this.#server.clients) act(client);
  }
}

function orderTradeUpdate(order: BinanceOrder, what: string, trade: BinanceTrade | undefined): object {
  const time = Date.now();
  return {
    e: "ORDER_TRADE_UPDATE",
    E: time,
    T: time,
    o: {
      s: order.symbol,
      c: order.clientOrderId,
      S: order.side,
      o: order.type,
      f: order.timeInForce,
      q: String(order.origQty),
      p: String(order.price),
      ap: "0",
      sp: "0",
      x: what,
      X: order.status,
      i: order.orderId,
      l: String(trade?.qty ?? 0),
      z: String(order.executedQty),
      L: String(trade?.price ?? 0),
      ...(trade !== undefined && { n: String(trade.commission), N: "USDT" }),
      T: trade?.time ?? time,
      t: trade?.id ?? 0,
      b: "0",
      a: "0",
      m: false,
      R: order.reduceOnly,
      wt: "CONTRACT_PRICE",
      ot: order.type,
      ps: "BOTH",
      cp: false,
      rp: "0",
    },
  };
}
