import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { CcxtVenue } from "../../src/adapters/venues/ccxt-venue.ts";
import { CcxtEgress } from "../../src/adapters/venues/egress-ccxt.ts";
import { PaperLine } from "../../src/adapters/venues/paper-line.ts";
import { PaperVenueClient } from "../../src/adapters/venues/paper-venue.ts";
import type { Venue } from "../../src/ports/venue.ts";
import { accountId, type Instrument, instrumentId, lots, strategyId, venueId } from "../../src/trading/instrument.ts";
import type { Faults } from "../../src/trading/paper/wire.ts";
import { API_KEY, API_SECRET, BinanceUsdm } from "./exchanges/binance-usdm.ts";
import { until } from "./until.ts";

export const ACCOUNT = accountId("main");

/** What may become of the reports on their way. */
export type Misbehaviour = "double" | "swap" | "lose";

/** A venue with the adapter over it, and ways to it that go past the adapter. */
export interface VenueRig {
  readonly instrument: Instrument;
  readonly venue: Venue;
  /** The ids of what is open, by the venue's own record. */
  openIds(): Promise<readonly string[]>;
  /** How many fills an order has by the venue's own record. */
  fillsOf(id: string): Promise<number>;
  /** Somebody else withdraws an order. */
  cancelBehind(id: string): Promise<void>;
  /** What the venue does meanwhile is not heard: the connection is gone, and comes back. */
  inAGap(act: () => Promise<void>): Promise<void>;
  /** From now on some reports are late, doubled or lost; none again without a name. */
  misbehave(how: Misbehaviour | undefined): Promise<void>;
  close(): Promise<void>;
}

const instrumentOf = (id: string, venue: string, tickSize: string, lotSize: string, currency = "USD"): Instrument => ({
  id: instrumentId(id),
  venue: venueId(venue),
  tickSize,
  lotSize,
  multiplier: 1,
  currency,
  minimum: lots(1),
  maximum: lots(1_000_000),
});

/** The paper venue as a process of its own. */
export async function paperRig(): Promise<VenueRig> {
  const home = mkdtempSync(join(tmpdir(), "ttt-v-"));
  const main = join(import.meta.dirname, "..", "..", "daemons", "paper-venue", "main.ts");
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      TTT_HOME: home,
      TTT_INSTANCE: "paper-venue",
      // A market that goes on without any worker.
      TTT_PAPER_PACE: "clock",
      TTT_PAPER_BARS_PER_SECOND: "50",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const secretFile = join(home, "secrets", "paper-venue.secret");
  const secret = await until("the paper venue's secret", () => {
    try {
      return readFileSync(secretFile, "utf8").trim();
    } catch {
      return undefined;
    }
  });
  const instrument = instrumentOf("SYN-USD", "paper", "0.01", "1");
  const address = join(home, "run", "venue.sock");
  const options = { address, secret, clock: systemClock, timeoutMs: 20_000 };
  const line = new PaperLine({ ...options, client: "test" }, { onOpen() {}, onPush() {}, onClose() {} });
  await until("the paper venue", () => line.isOpen, 60_000);
  const client = { ...options, client: "venue", worker: "worker-1", account: ACCOUNT };
  const venue = new PaperVenueClient({ ...client, instruments: new Map([[instrument.id, instrument]]) });
  const faults = (set: Faults) => line.ask({ op: "faults", faults: set });
  const MANY = 1_000_000;
  return {
    instrument,
    venue,
    openIds: async () => (await line.ask({ op: "open-orders", selection: {} })).orders.map((one) => one.clientOrderId),
    fillsOf: async (id) => (await line.ask({ op: "order", clientOrderId: id })).fills.length,
    cancelBehind: async (id) => void (await line.ask({ op: "cancel", clientOrderId: id })),
    async inAGap(act) {
      await faults({ loseReports: MANY });
      await act();
      await faults({ loseReports: 0 });
      await line.ask({ op: "disconnect-all" });
    },
    async misbehave(how) {
      const count = (one: Misbehaviour) => (how === one ? MANY : 0);
      await faults({ doubleReports: count("double"), swapReports: count("swap"), loseReports: count("lose") });
    },
    async close() {
      venue.close();
      line.close();
      child.kill("SIGKILL");
      await once(child, "exit");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A local server that speaks an exchange's protocol, and the adapter that speaks to exchanges. */
export async function exchangeRig(): Promise<VenueRig> {
  const exchange = new BinanceUsdm();
  const origin = await exchange.listen();
  const instrument = instrumentOf("BTC-USDT", "binanceusdm", "0.1", "0.001", "USDT");
  const venue = new CcxtVenue({
    egress: new CcxtEgress({
      exchange: "binanceusdm",
      live: false,
      origin,
      apiKey: API_KEY,
      secret: API_SECRET,
      timeoutMs: 20_000,
    }),
    clock: systemClock,
    instruments: new Map([["BTC/USDT:USDT", instrument]]),
    strategyOf: (id) => (id.startsWith("mine-") ? strategyId("mine") : undefined),
    pollMs: 100,
  });
  const swapped: (() => void)[] = [];
  return {
    instrument,
    venue,
    openIds: async () => exchange.openOrders.map((order) => order.clientOrderId),
    async fillsOf(id) {
      const order = exchange.book.orders.find(({ clientOrderId }) => clientOrderId === id);
      return exchange.book.trades.filter(({ orderId }) => orderId === order?.orderId).length;
    },
    async cancelBehind(id) {
      exchange.book.cancel(exchange.openOrders.find((order) => order.clientOrderId === id)!);
    },
    async inAGap(act) {
      exchange.down = true;
      exchange.streams.cut();
      const requests = exchange.requests.length;
      await act();
      // The adapter has noticed: it asked, and heard nothing.
      await until("a request in vain", () => exchange.requests.length > requests);
      exchange.down = false;
    },
    async misbehave(how) {
      for (const send of swapped.splice(0)) send();
      exchange.streams.deliver = (send) => {
        if (how !== "lose" && how !== "swap") send();
        if (how === "double") send();
        if (how !== "swap") return;
        // Each message waits for the one after it.
        swapped.unshift(send);
        if (swapped.length === 2) for (const waiting of swapped.splice(0)) waiting();
      };
    },
    async close() {
      venue.close();
      await exchange.close();
    },
  };
}
