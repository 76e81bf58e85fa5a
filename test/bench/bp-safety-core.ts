import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Egress } from "../../src/adapters/venues/egress.ts";
import { ticketOf } from "../../src/adapters/venues/paper-translation.ts";
import { mayLeave } from "../../src/trading/gate.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import type { LimitSet } from "../../src/trading/risk/limits.ts";
import { simulate, simulateWorkers } from "../simulation/simulate.ts";
import { BTC } from "../support/risk-context.ts";
import { SessionBench } from "../support/session-bench.ts";
import { type Bench, type Figure, median, spread } from "./bench.ts";

const ROUNDS = 20;
const ORDERS_A_ROUND = 200;
/** What one core must carry at the least. */
const ORDERS_MARK = 1_000;

/** Every check runs, and none of them is there to slow a market that a machine makes. */
const FLOWING: LimitSet = {
  version: 1,
  rows: DEFAULT_LIMITS.rows.map((row) =>
    /^max(Dup|Order|Cancel)|^messages/.test(row.name) ? { ...row, value: null } : row,
  ),
};

/** Orders through the whole registry, the session and the last gate into a socket; the store answers at once. */
export const riskAndEgress: Bench = {
  id: "SP-03",
  title: "orders per second through risk and egress",
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), "ttt-bench-"));
    const venue = createServer((socket) => socket.resume()).listen(join(folder, "venue"));
    await once(venue, "listening");
    const connected = Promise.withResolvers<void>();
    const egress = new Egress(join(folder, "venue"), { onConnect: connected.resolve, onLine() {}, onEnd() {} });
    await connected.promise;
    try {
      const rates: number[] = [];
      for (let round = -2; round < ROUNDS; round++) {
        const rate = await orders(egress);
        if (round >= 0) rates.push(rate);
      }
      return [figure("SP-03", rates, "orders/s", median(rates) / ORDERS_MARK)];
    } finally {
      egress.close();
      venue.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function orders(egress: Egress): Promise<number> {
  const bench = new SessionBench();
  bench.prepare();
  bench.happen({ kind: "limits-read", limits: FLOWING });
  bench.answer();
  let spent = 0;
  for (let made = 0; made < ORDERS_A_ROUND; made++) {
    bench.pass(100);
    const begin = performance.now();
    const side = made % 2 === 0 ? "buy" : "sell";
    bench.want({ side });
    bench.committed();
    const [submit] = bench.take("submit");
    if (submit === undefined) throw new Error(`nothing was sent: ${JSON.stringify([...bench.session.view.denials])}`);
    const { id, terms, departure } = submit;
    const order = ticketOf(id, terms, BTC, "main", { strategy: "bench", worker: "bench", token: "1" });
    const gate = () => mayLeave(departure, bench.session.authority, bench.mono);
    const written = egress.order({ id: made, op: "submit", order }, departure, gate);
    if (!written.ok) throw new Error(written.refusal.code);
    bench.accepted(id, { side });
    bench.filled(id, terms.quantity, side);
    spent += performance.now() - begin;
    bench.commands.length = 0;
    // Between turns, as in a worker: the socket is written out.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (1000 * ORDERS_A_ROUND) / spent;
}

const SEEDS = 40;
const SESSION_MARK = 30;
const WORKER_MARK = 12;

/** Worlds of 85 virtual seconds, one after the other on one core. */
export const simulation: Bench = {
  id: "SP-05",
  title: "simulation seeds per second on one core: bare sessions, and the worker's own code",
  async measure() {
    const sessions = await rates((seed) => simulate(seed));
    const workers = await rates((seed) => simulateWorkers(seed));
    return [
      figure("SP-05 sessions", sessions, "seeds/s", median(sessions) / SESSION_MARK),
      figure("SP-05 workers", workers, "seeds/s", median(workers) / WORKER_MARK),
    ];
  },
};

async function rates(run: (seed: number) => unknown): Promise<number[]> {
  const found: number[] = [];
  for (let round = -1; round < 5; round++) {
    const begin = performance.now();
    for (let seed = 1; seed <= SEEDS; seed++) await run(seed);
    if (round >= 0) found.push((1000 * SEEDS) / (performance.now() - begin));
  }
  return found;
}

/** More is better: the ratio is what was reached of the mark. */
function figure(id: string, values: number[], unit: string, ratio: number): Figure {
  const [middle, width] = [median(values), spread(values)];
  return { id, median: middle, spread: width, unit, ratio, mark: 1, pass: ratio >= 1, repetitions: values.length };
}
