import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Egress, type OrderMessage } from "../../../src/adapters/venues/egress.ts";
import { lineSplitter } from "../../../src/core/line-splitter.ts";
import { accept, refuse } from "../../../src/core/result.ts";
import type { Departure } from "../../../src/trading/gate.ts";
import { accountId, instrumentId, strategyId, venueId } from "../../../src/trading/instrument.ts";

const departure: Departure = {
  owner: {
    venue: venueId("paper"),
    account: accountId("main"),
    strategy: strategyId("s"),
    instrument: instrumentId("GOOG"),
  },
  token: 1,
  epoch: 1,
  reducing: false,
};

function message(id: number, padding = ""): OrderMessage {
  const order = {
    clientOrderId: `o${id}`,
    account: "main",
    instrument: "GOOG",
    side: "buy",
    kind: "market",
    quantity: 1,
    timeInForce: "gtc",
    reduceOnly: false,
    tags: { padding },
  } as const;
  return { id, op: "submit", order };
}

let folder: string;
let server: Server;
/** Client ids and operations that arrived, in order. */
let received: string[];
let peer: Socket;
let egress: Egress;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ttt-egress-"));
  const arrived: string[] = [];
  received = arrived;
  const connected = Promise.withResolvers<void>();
  const accepted = Promise.withResolvers<Socket>();
  server = createServer((socket) => {
    accepted.resolve(socket);
    socket.on("error", () => {});
    const split = lineSplitter(
      (line) => {
        const { op, order } = JSON.parse(line);
        arrived.push(order?.clientOrderId ?? op);
      },
      () => {},
    );
    socket.on("data", (chunk) => split(String(chunk)));
  });
  await new Promise<void>((resolve) => {
    server.listen(join(folder, "venue.sock"), resolve);
  });
  egress = new Egress(join(folder, "venue.sock"), { onConnect: connected.resolve, onLine() {}, onEnd() {} });
  await connected.promise;
  peer = await accepted.promise;
});
afterEach(() => {
  egress.close();
  server.close();
  rmSync(folder, { recursive: true });
});

const open = () => accept(true as const);

describe("egress", () => {
  test("KS-11 a level that changes in the middle of a turn holds back the very next order", async () => {
    let blocked = false;
    const gate = () => (blocked ? refuse({ code: "KILL_BLOCKED" }) : accept(true as const));
    expect(egress.order(message(1), departure, gate).ok).toBe(true);
    blocked = true;
    expect(egress.order(message(2), departure, gate)).toEqual({ ok: false, refusal: { code: "KILL_BLOCKED" } });
    await expect.poll(() => received).toEqual(["o1"]);
    expect(egress.orders).toBe(1);
  });

  test("KS-11 many orders of one turn all leave in it", async () => {
    const written = Array.from({ length: 50 }, (_, index) => egress.order(message(index), departure, open).ok);
    expect(written.every((ok) => ok)).toBe(true);
    await expect.poll(() => received.length).toBe(50);
  });

  test("KS-11 with bytes still unsent an order is held back, because it would leave after whatever comes meanwhile", async () => {
    peer.pause();
    const padding = "x".repeat(100_000);
    const outcomes = Array.from({ length: 40 }, (_, index) => egress.order(message(index, padding), departure, open));
    const first = outcomes.findIndex(({ ok }) => !ok);
    expect(first).toBeGreaterThan(0);
    expect(outcomes.slice(first)).toEqual(
      outcomes.slice(first).map(() => ({ ok: false, refusal: { code: "VENUE_CONGESTED" } })),
    );
    peer.resume();
    await expect.poll(() => egress.order(message(99), departure, open).ok).toBe(true);
    await expect.poll(() => received.includes("o99")).toBe(true);
    expect(received.slice(0, -1)).toEqual(Array.from({ length: first }, (_, index) => `o${index}`));
  });

  test("KS-12 a cancel passes whatever the gate says", async () => {
    expect(egress.message({ id: 1, op: "cancel", clientOrderId: "o1" })).toBe(true);
    await expect.poll(() => received).toEqual(["cancel"]);
  });

  test("OL-03 without a connection an order has provably not left", async () => {
    peer.destroy();
    await expect
      .poll(() => egress.order(message(1), departure, open))
      .toEqual({ ok: false, refusal: { code: "VENUE_DISCONNECTED" } });
  });
});
