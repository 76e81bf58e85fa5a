// Loaded before a worker (node --import) by tests that stop it at an exact place of the order path. It puts itself
// around the calls of the real code; the product knows nothing of it, and no built or installed copy contains it, so
// there is nothing that could be switched on where real trading runs.
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { PaperMarketData } from "../../src/adapters/market-data/paper-market-data.ts";
import { PostgresKillAuthority } from "../../src/adapters/postgres/postgres-kill-authority.ts";
import { PostgresLeaseStore } from "../../src/adapters/postgres/postgres-lease-store.ts";
import { PostgresOrderStore } from "../../src/adapters/postgres/postgres-order-store.ts";
import { PostgresWorkerRegistry } from "../../src/adapters/postgres/postgres-worker-registry.ts";
import { PaperVenueClient } from "../../src/adapters/venues/paper-venue.ts";
import { HALT_FILE, HALTED_FILE, type HaltOrder, SENT_FILE } from "./halt-order.ts";
import type { Place } from "./order-path.ts";

const home = process.env.TTT_HOME;
if (home === undefined) throw new Error("halt points work in a state directory of a test only: TTT_HOME");
const [orderFile, haltedFile, sentFile] = [HALT_FILE, HALTED_FILE, SENT_FILE].map((name) => join(home, name)) as [
  string,
  string,
  string,
];

/** Whether the order to halt names this place; if so the process ends here, or stands still until it is continued. */
function reach(place: string): void {
  if (!existsSync(orderFile)) return;
  const order = JSON.parse(readFileSync(orderFile, "utf8")) as HaltOrder;
  if (order.place !== place) return;
  // Gone before the signal, so that the next life of this process gets past the place.
  rmSync(orderFile);
  writeFileSync(`${haltedFile}.tmp`, place);
  renameSync(`${haltedFile}.tmp`, haltedFile);
  process.kill(process.pid, order.signal);
  // A stop takes hold within a moment; nothing may run in this thread until it has.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Puts halt places before a call and after its answer. */
function around(of: { readonly prototype: object }, method: string, name: Place | ((args: unknown[]) => Place)): void {
  const original = Reflect.get(of.prototype, method) as Method;
  const wrapped: Method = function (...args) {
    const place = typeof name === "string" ? name : name(args);
    reach(`before ${place}`);
    const result = original.apply(this, args);
    if (!(result instanceof Promise)) {
      reach(`after ${place}`);
      return result;
    }
    return result.then((value: unknown) => {
      reach(`after ${place}`);
      return value;
    });
  };
  Reflect.set(of.prototype, method, wrapped);
}

around(PostgresLeaseStore, "take", "lease taken");
around(PostgresLeaseStore, "renew", "lease renewed");
around(PostgresLeaseStore, "release", "lease given back");
around(PostgresKillAuthority, "read", "permit read");
around(PostgresWorkerRegistry, "acknowledge", "level acknowledged");
around(PostgresWorkerRegistry, "leave", "registry left");
around(PostgresOrderStore, "load", "partition loaded");
around(PostgresOrderStore, "others", "others' record read");
around(PostgresOrderStore, "recordProgress", "progress written");
around(PostgresOrderStore, "commitIntents", "intents committed");
around(PostgresOrderStore, "recordBook", ([, , change]) =>
  (change as { fills: readonly unknown[] }).fills.length > 0 ? "fill stored" : "order stored",
);
around(PostgresOrderStore, "recordCertificate", "certificate written");
around(PaperVenueClient, "submit", "order sent");
around(PaperVenueClient, "cancel", "cancel sent");
around(PaperVenueClient, "order", "order asked for");
around(PaperVenueClient, "snapshot", "snapshot taken");
around(PaperVenueClient, "deadMan", "dead-man's switch set");
around(PaperMarketData, "history", "history read");
around(PaperMarketData, "subscribe", "market followed");
aroundReports();
aroundSocket();

/** What the venue says, before and after the session has taken it in. */
function aroundReports(): void {
  const original = Reflect.get(PaperVenueClient.prototype, "onEvent") as Method;
  const wrapped: Method = function (listener) {
    return original.call(this, (event: { readonly kind: string }) => {
      reach(`before ${event.kind}`);
      (listener as (event: unknown) => void)(event);
      reach(`after ${event.kind}`);
    });
  };
  Reflect.set(PaperVenueClient.prototype, "onEvent", wrapped);
}

/** The write itself: the gate has been passed. Every order that left is noted, by the process that wrote it. */
function aroundSocket(): void {
  const original = Reflect.get(Socket.prototype, "write") as Method;
  const wrapped: Method = function (...args) {
    const [data] = args;
    const id = typeof data === "string" ? /"op":"submit".*?"clientOrderId":"([^"]+)"/.exec(data)?.[1] : undefined;
    if (id !== undefined) reach("before order written");
    const written = original.apply(this, args);
    if (id === undefined) return written;
    appendFileSync(sentFile, `${id}\n`);
    reach("after order written");
    return written;
  };
  Reflect.set(Socket.prototype, "write", wrapped);
}
