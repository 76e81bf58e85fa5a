// Loaded before a worker (node --import): notes how long it takes from a bar's arrival until an order that it caused is
// in the venue's socket.
import { appendFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { PartitionTrading } from "../../src/actions/trading/trade-partition.ts";
import { PostgresOrderStore } from "../../src/adapters/postgres/postgres-order-store.ts";

/** In the state directory: milliseconds in all and of the write, one line an order. */
const file = join(process.env.TTT_HOME ?? "", "wire-times");
type Method = (this: unknown, ...args: unknown[]) => unknown;
let arrived = 0;
let committing = 0;

const takeBar = Reflect.get(PartitionTrading.prototype, "takeBar") as Method;
const timed: Method = function (...args) {
  arrived = performance.now();
  return takeBar.apply(this, args);
};
Reflect.set(PartitionTrading.prototype, "takeBar", timed);

const commit = Reflect.get(PostgresOrderStore.prototype, "commitIntents") as Method;
const measured: Method = async function (...args) {
  const begin = performance.now();
  const outcome = await commit.apply(this, args);
  committing = performance.now() - begin;
  return outcome;
};
Reflect.set(PostgresOrderStore.prototype, "commitIntents", measured);

const write = Reflect.get(Socket.prototype, "write") as Method;
const noted: Method = function (...args) {
  const written = write.apply(this, args);
  if (typeof args[0] === "string" && args[0].includes('"op":"submit"')) {
    appendFileSync(file, `${(performance.now() - arrived).toFixed(3)} ${committing.toFixed(3)}\n`);
  }
  return written;
};
Reflect.set(Socket.prototype, "write", noted);
