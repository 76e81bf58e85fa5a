import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LEASE_LIFE_MS } from "../../src/trading/lease.ts";
import { type TradingStack, until } from "../support/trading-stack.ts";
import { type Bench, type Figure, median, quantile, spread } from "./bench.ts";
import { build, withTradingStack } from "./trading-rig.ts";

const CROSS = (account: string) => `sma-cross@SYN-USD:${account}?fast=2&slow=4&units=1`;
/** A market by its own clock, as a real one is. */
const PACE = { TTT_PAPER_PACE: "clock", TTT_PAPER_BARS_PER_SECOND: "20" };
const LONG_MS = 120_000;

const DRILLS = 200;
const PROPAGATION_MARK_MS = 50;

/** From the command to the last worker's acknowledgement, over drills while all three trade. */
export const propagation: Bench = {
  id: "SP-01",
  title: `kill propagation: command to the last of 3 workers' acknowledgements, ${DRILLS} drills, p99 in ms`,
  async measure() {
    build();
    const partitions = ["a", "b", "c"].map(CROSS).join(";");
    return withTradingStack({ partitions, workers: 3, env: PACE }, async (stack) => {
      await until(async () => (await holders(stack)) === 3, LONG_MS);
      await until(async () => (await stack.venueFills()).length >= 6, LONG_MS);
      const { stdout } = await stack.ttt("kill", "drill", "--rounds", String(DRILLS), "--json");
      const { data } = JSON.parse(stdout);
      const { median: middle, p99, max } = data.propagationMs;
      const ratio = p99 / PROPAGATION_MARK_MS;
      return [
        {
          ...{ id: "SP-01", median: p99, spread: 0, unit: "ms", ratio, mark: 1 },
          pass: ratio <= 1 && data.passed === DRILLS && data.workers === 3,
          repetitions: DRILLS,
          notes: { medianMs: round(middle), maxMs: round(max), passed: data.passed },
        },
      ];
    });
  },
};

const ORDERS = 300;
const WIRE_MARK = 3;
/** Commits come as far apart as bars do: one after the other they would measure another database, and disturb this one. */
const PAUSE_MS = 47;

/** From a bar's arrival to the order in the venue's socket: strategy, risk, the durable intent, the last gate. */
export const tickToWire: Bench = {
  id: "SP-02",
  title: "tick to wire with durable intents: p99, against the median commit of the same PostgreSQL meanwhile",
  async measure() {
    const preload = join(import.meta.dirname, "wire-times.ts");
    return withTradingStack({ partitions: CROSS("a"), preload, env: PACE }, async (stack) => {
      const file = join(stack.home, "wire-times");
      const times = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
      await stack.sql.query("CREATE TABLE bench_commit (id bigint GENERATED ALWAYS AS IDENTITY, body jsonb)");
      await until(() => times().length >= 30, LONG_MS);
      const warm = times().length;
      const commits: number[] = [];
      while (times().length < warm + ORDERS) {
        commits.push(await commit(stack));
        await sleep(PAUSE_MS);
      }
      const parts = times()
        .slice(warm)
        .map((line) => line.split(" ").map(Number));
      const [wire, intents] = [parts.map(([all]) => all!), parts.map(([, written]) => written!)];
      const [p99, reference] = [quantile(wire, 0.99), median(commits)];
      const ratio = p99 / reference;
      return [
        {
          ...{ id: "SP-02", median: median(wire), spread: spread(wire), unit: "ms", ratio, mark: WIRE_MARK },
          pass: ratio <= WIRE_MARK,
          repetitions: wire.length,
          notes: {
            ...{ p99Ms: round(p99), commitMs: round(reference), commitP99Ms: round(quantile(commits, 0.99)) },
            ...{ intentMs: round(median(intents)), intentP99Ms: round(quantile(intents, 0.99)) },
          },
        },
      ];
    });
  },
};

/** One row of about an intent's size, durable. */
async function commit({ sql }: TradingStack): Promise<number> {
  const begin = performance.now();
  await sql.execute("INSERT INTO bench_commit (body) VALUES ($1)", [JSON.stringify({ body: "x".repeat(2_000) })]);
  return performance.now() - begin;
}

const DEATHS = 10;

/** From SIGKILL of a worker, restarted at once, to its first new order at the venue. */
export const recovery: Bench = {
  id: "SP-04",
  title: "recovery of a worker that was killed: SIGKILL to the first new order, beside the life of its lease",
  async measure() {
    return withTradingStack({ partitions: CROSS("a"), env: PACE }, async (stack) => {
      const times: number[] = [];
      for (let life = 0; life < DEATHS; life++) {
        await until(async () => (await stack.ordersAtVenue()) > 4 * (life + 1), LONG_MS);
        const begin = performance.now();
        await stack.signal("worker-1", "SIGKILL");
        const before = await stack.ordersAtVenue();
        stack.launch("worker-1");
        await until(async () => (await stack.ordersAtVenue()) > before, LONG_MS);
        times.push(performance.now() - begin);
      }
      const ratio = median(times) / LEASE_LIFE_MS;
      return [figure("SP-04", times, "ms", ratio, 1, ratio <= 1)];
    });
  },
};

async function holders({ sql }: TradingStack): Promise<number> {
  const [row] = await sql.query<{ n: number }>(
    "SELECT count(DISTINCT holder) AS n FROM lease WHERE expires_at > now()",
  );
  return row!.n;
}

function figure(id: string, values: number[], unit: string, ratio: number, mark: number, pass: boolean): Figure {
  const [middle, width] = [median(values), spread(values)];
  return { id, median: middle, spread: width, unit, ratio, mark, pass, repetitions: values.length };
}

const round = (value: number) => Number(value.toFixed(2));
