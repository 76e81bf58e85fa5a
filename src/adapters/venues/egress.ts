// The one module through which anything is written to a venue. The architecture test keeps it so.
import { connect, type Socket } from "node:net";
import { lineSplitter } from "../../core/line-splitter.ts";
import { accept, type Result, refuse } from "../../core/result.ts";
import type { LastGate } from "../../ports/venue.ts";
import type { Departure } from "../../trading/gate.ts";
import type { PaperRequest } from "../../trading/paper/wire.ts";

export type OrderMessage = Extract<PaperRequest, { op: "submit" }>;
/** Cancels, queries and the rest, which pass at every level (KS-12). */
export type OtherMessage = Exclude<PaperRequest, OrderMessage>;

export interface EgressHandlers {
  onConnect(): void;
  onLine(line: string): void;
  /** Once, also when it could not connect. */
  onEnd(): void;
}

/** One connection to a venue. It does not reconnect: whoever opened it opens the next one. */
export class Egress {
  readonly #socket: Socket;
  #connected = false;
  #orders = 0;

  /** `address` is HOST:PORT or the path of a socket. */
  constructor(address: string, handlers: EgressHandlers) {
    const [host, port] = address.split(/:(?=\d+$)/);
    this.#socket = port === undefined ? connect(address) : connect(Number(port), host);
    this.#socket.setNoDelay(true);
    this.#socket.setEncoding("utf8");
    const split = lineSplitter(handlers.onLine, () => this.#socket.destroy());
    this.#socket.on("data", (chunk) => split(String(chunk)));
    this.#socket.on("connect", () => {
      this.#connected = true;
      handlers.onConnect();
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => {
      this.#connected = false;
      handlers.onEnd();
    });
  }

  /** Orders that left through this connection (RC-45). */
  get orders(): number {
    return this.#orders;
  }

  /**
   * The last gate and the write, in one synchronous turn (KS-11). Nothing waits here: with bytes still unsent the order
   * is held back, because it would leave after whatever comes in the meantime, a kill included.
   */
  order(message: OrderMessage, departure: Departure, gate: LastGate): Result<true, { readonly code: string }> {
    const text = `${JSON.stringify(message)}\n`;
    if (!this.#connected) return refuse({ code: "VENUE_DISCONNECTED" });
    if (this.#socket.writableLength > 0) return refuse({ code: "VENUE_CONGESTED" });
    const verdict = gate(departure);
    if (!verdict.ok) return verdict;
    this.#socket.write(text);
    this.#orders += 1;
    return accept(true);
  }

  /** False when there is no connection to write to. */
  message(message: OtherMessage): boolean {
    if (!this.#connected) return false;
    this.#socket.write(`${JSON.stringify(message)}\n`);
    return true;
  }

  close(): void {
    this.#socket.destroy();
  }
}
