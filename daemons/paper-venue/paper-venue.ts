import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../../src/core/clock.ts";
import { messageOf, unreachable } from "../../src/core/errors.ts";
import { span } from "../../src/core/trace.ts";
import {
  type PaperInstrument,
  type PaperReport,
  type PaperRequest,
  type PaperResult,
  requestSchema,
} from "../../src/trading/paper/wire.ts";
import type { BarHistory } from "./bar-history.ts";
import type { Client } from "./client.ts";
import { DeadMansSwitches } from "./dead-mans-switches.ts";
import type { Exchange } from "./exchange.ts";
import type { FaultPlan } from "./faults.ts";
import type { Feed, FeedBar } from "./feed.ts";

/** What may be asked while the venue is stalled: only how to end the stall. */
const CONTROL_OPS: readonly PaperRequest["op"][] = ["hello", "faults", "disconnect-all", "pace"];

/** The venue as its clients see it: answers requests, tells reports and bars to those who asked for them. */
export class PaperVenue {
  readonly #clock: Clock;
  readonly #exchange: Exchange;
  readonly #history: BarHistory;
  readonly #faults: FaultPlan;
  readonly #secret: string;
  readonly #instruments: readonly PaperInstrument[];
  readonly #clients = new Set<Client>();
  readonly #switches: DeadMansSwitches;
  readonly #stalled: { client: Client; request: PaperRequest }[] = [];
  #feed: Feed | undefined;

  constructor(options: {
    clock: Clock;
    exchange: Exchange;
    history: BarHistory;
    faults: FaultPlan;
    secret: string;
    instruments: readonly PaperInstrument[];
  }) {
    this.#clock = options.clock;
    this.#exchange = options.exchange;
    this.#history = options.history;
    this.#faults = options.faults;
    this.#secret = options.secret;
    this.#instruments = options.instruments;
    this.#switches = new DeadMansSwitches(this.#clock, (selection) => {
      this.#exchange.cancelAll(selection, this.#clock.now(), "dead-man's switch");
    });
  }

  /** The feed is made after the venue, because it publishes through it. */
  useFeed(feed: Feed): void {
    this.#feed = feed;
  }

  connect(client: Client): void {
    this.#clients.add(client);
  }

  leave(client: Client): void {
    this.#clients.delete(client);
    this.#feed?.remove(client);
  }

  close(): void {
    this.#switches.close();
    this.#feed?.close();
    for (const client of this.#clients) client.disconnect();
  }

  /** A record was made: whoever asked for reports hears of it. */
  tell(report: PaperReport): void {
    for (const client of this.#clients) if (client.wantsReportsOf === report.account) client.report(report);
  }

  /** The market moves: resting orders meet the bar, then everybody sees it. */
  publish(index: number, { instrument, bar }: FeedBar): void {
    this.#exchange.meet(instrument, bar, this.#clock.now());
    this.#exchange.passBar(index, bar.time);
    this.#history.add(instrument, bar);
    for (const client of this.#clients) {
      if (client.instruments.has(instrument)) client.push({ push: "bar", instrument, index, bar });
      else client.doneWith = index;
    }
  }

  feedEnded(index: number): void {
    for (const client of this.#clients) if (client.instruments.size > 0) client.push({ push: "feed-end", index });
  }

  /** Takes one line of a client. What is not a request ends the connection. */
  receive(client: Client, line: string): void {
    const request = parseRequest(line);
    if (request === undefined) {
      client.disconnect();
      return;
    }
    if (this.#faults.current.stalled && !CONTROL_OPS.includes(request.op)) {
      this.#stalled.push({ client, request });
      return;
    }
    this.#answer(client, request);
    if (request.op === "faults" && !this.#faults.current.stalled) {
      for (const waiting of this.#stalled.splice(0)) this.#answer(waiting.client, waiting.request);
    }
  }

  #answer(client: Client, request: PaperRequest): void {
    if (request.op !== "hello" && !client.authorised) {
      client.reply({ re: request.id, ok: false, code: "UNAUTHORIZED", message: "say hello with the secret first" });
      return;
    }
    try {
      const result = this.#carryOut(client, request);
      const reply = { re: request.id, ok: true, result } as const;
      if (request.op === "submit" || request.op === "cancel") client.acknowledge(reply);
      else client.reply(reply);
      if (request.op === "feed") this.#feed?.add(client);
    } catch (error) {
      client.reply({ re: request.id, ok: false, code: codeOf(error), message: messageOf(error) });
    }
  }

  #carryOut(client: Client, request: PaperRequest): PaperResult<PaperRequest["op"]> {
    const time = this.#clock.now();
    const at = { time, seq: this.#exchange.seq };
    switch (request.op) {
      case "hello":
        client.authorised = isEqual(request.secret, this.#secret);
        if (!client.authorised) throw new Refusal("UNAUTHORIZED", "wrong secret");
        return { venue: "paper", ...at, instruments: [...this.#instruments] };
      case "submit":
        return span("take order", { kind: "server", parent: request.order.tags.traceparent }, () => ({
          order: this.#exchange.submit(request.order, time, this.#refusalOf(request.order.kind)),
        }));
      case "cancel":
        return this.#cancel(request.clientOrderId, time);
      case "cancel-all":
        return { canceled: this.#exchange.cancelAll(request.selection, time) };
      case "open-orders":
        return { ...at, orders: this.#exchange.openOrders(request.selection) };
      case "order":
        return {
          ...at,
          order: this.#exchange.order(request.clientOrderId) ?? null,
          fills: this.#exchange.fillsOf(request.clientOrderId),
        };
      case "fills-since":
        return { ...at, fills: this.#exchange.fillsAfter(request.after, request.limit) };
      case "positions":
        return { ...at, positions: this.#exchange.positions() };
      case "dead-man":
        return { ...at, expiresAt: this.#switches.set(request.selection, request.timeoutMs) };
      case "snapshot":
        return { ...at, ...this.#snapshot(request) };
      case "reports":
        client.wantsReportsOf = request.account;
        for (const report of this.#exchange.reportsAfter(request.after)) {
          if (report.account === request.account) client.report(report);
        }
        return at;
      case "bars":
        return { next: this.#nextBar, bars: this.#history.last(request.instrument, request.last) };
      case "feed":
        client.instruments = new Set(request.instruments);
        client.doneWith = this.#nextBar - 1;
        return { next: this.#nextBar };
      case "bar-done":
        client.doneWith = Math.max(client.doneWith, request.index);
        this.#feed?.wake();
        return {};
      case "time":
        return at;
      case "faults":
        this.#faults.set(request.faults);
        return { faults: this.#faults.current };
      case "disconnect-all":
        for (const other of this.#clients) if (other !== client) other.disconnect();
        return {};
      case "pace":
        return this.#setPace(request);
      default:
        return unreachable(request);
    }
  }

  get #nextBar(): number {
    return this.#feed?.next ?? 0;
  }

  #refusalOf(kind: string): string | undefined {
    if (kind === "market" && this.#faults.current.marketOrdersReserved) return "no market orders in this phase";
    return this.#faults.takes("rejectOrders") ? "rejected on purpose" : undefined;
  }

  #cancel(clientOrderId: string, time: number): PaperResult<"cancel"> {
    const outcome = this.#faults.takes("refuseCancels") ? "refused" : this.#exchange.cancel(clientOrderId, time);
    return { outcome, order: this.#exchange.order(clientOrderId) ?? null };
  }

  #snapshot({ account, after, limit }: Extract<PaperRequest, { op: "snapshot" }>) {
    const fills = this.#exchange.fillsAfter(after, limit + 1, account);
    return {
      orders: this.#exchange.openOrders({ account }),
      positions: this.#exchange.positions().filter((position) => position.account === account),
      fills: fills.slice(0, limit),
      more: fills.length > limit,
      cash: this.#exchange.cashOf(account),
      marks: this.#instruments.flatMap(({ id: instrument }) =>
        this.#history.last(instrument, 1).map(({ close: price, time }) => ({ instrument, price, time })),
      ),
    };
  }

  #setPace(request: Extract<PaperRequest, { op: "pace" }>): PaperResult<"pace"> {
    const feed = this.#feed;
    if (feed === undefined) throw new Refusal("NO_FEED", "this venue has no feed");
    feed.setPace({
      barsPerSecond: request.barsPerSecond ?? feed.pace.barsPerSecond,
      paused: request.paused ?? feed.pace.paused,
    });
    return { ...feed.pace, next: feed.next };
  }
}

class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const codeOf = (error: unknown) => (error instanceof Refusal ? error.code : "REFUSED");

function parseRequest(line: string): PaperRequest | undefined {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
