import { expect, test } from "vitest";
import { lots, ticks } from "../../src/trading/instrument.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import { COOL_DOWN_MS } from "../../src/trading/risk/flow.ts";
import { SessionBench } from "../support/session-bench.ts";

test("RC-48 a strategy that is stopped out too often rests, its exits still leave, and nothing is latched", () => {
  const bench = new SessionBench().begin();
  const rows = DEFAULT_LIMITS.rows.map((row) => (row.name === "stopOutsBeforeCoolDown" ? { ...row, value: 1 } : row));
  bench.happen({ kind: "limits-read", limits: { version: 1, rows } });
  const denied = () => bench.session.view.denials.get("COOLING_DOWN") ?? 0;
  /** Buys at 100 and is stopped out at this price. */
  const stopOut = (price: number) => {
    bench.filled(bench.work(), 1_000);
    const stop = { type: "stop", stop: ticks(9_950), side: "sell", quantity: lots(1_000), reduceOnly: true } as const;
    const id = bench.work(stop);
    const first = bench.filled(id, 400, "sell", false);
    bench.happen({ kind: "order-filled", fill: { ...first, price: ticks(price) } });
    const rest = bench.filled(id, 600, "sell", false);
    bench.happen({ kind: "order-filled", fill: { ...rest, price: ticks(price) } });
    expect(bench.position).toBe(0);
    bench.pass(10_000);
  };
  // A stop in profit is none, and one that fills in parts is one.
  stopOut(10_050);
  stopOut(9_900);
  bench.filled(bench.work(), 1_000);
  expect(denied()).toBe(0);
  bench.filled(bench.send({ side: "sell", type: "stop", stop: ticks(9_950), reduceOnly: true }), 1_000, "sell", false);
  const last = bench.venue.fills.at(-1)!;
  bench.happen({ kind: "order-filled", fill: { ...last, price: ticks(9_900) } });
  bench.want();
  expect(denied()).toBe(1);
  expect(bench.take("commit-intents")).toEqual([]);
  expect(bench.session.view.level).toBe("RUN");
  bench.mono += COOL_DOWN_MS;
  bench.pass(6_000);
  bench.work();
  expect(bench.take("raise-level")).toEqual([]);
});
