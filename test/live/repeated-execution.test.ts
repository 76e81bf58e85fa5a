import { expect, test } from "vitest";
import { lots } from "../../src/trading/instrument.ts";
import { arm } from "../../src/trading/kill-state.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import { EMPTY, SessionBench } from "../support/session-bench.ts";

const STRATEGY = "strategy:sma-cross";

/** A session whose strategy may be applied twice without a person, at an authority that follows what the session raises. */
function twice(stored = EMPTY): SessionBench {
  const bench = new SessionBench().begin(stored);
  const rows = DEFAULT_LIMITS.rows.map((row) => (row.name === "maxRepeatedRuns" ? { ...row, value: 2 } : row));
  bench.happen({ kind: "limits-read", limits: { version: 1, rows } });
  return bench;
}

function raisedAtAuthority(bench: SessionBench) {
  const raised = bench.take("raise-level");
  for (const { scope, level } of raised) bench.kill(level, scope);
  return raised.map(({ code, scope, level }) => ({ code, scope, level }));
}

function armed(bench: SessionBench, scope: Parameters<typeof arm>[1]): void {
  // Under a new epoch what still holds is raised once more: that changes nothing, and is not what follows.
  bench.take("raise-level");
  bench.state = arm(bench.state, scope, "RUN");
  bench.permit();
}

test("RC-42 a strategy that was applied as often as it may be is disabled, latched, until staff arm it again", () => {
  const bench = twice();
  bench.work();
  expect(raisedAtAuthority(bench)).toEqual([]);
  bench.work();
  bench.want();
  expect(bench.session.view.denials.get("REPEATED_EXECUTION")).toBe(1);
  bench.pass(1_000);
  expect(raisedAtAuthority(bench)).toEqual([{ code: "REPEATED_EXECUTION", scope: STRATEGY, level: "REDUCE_ONLY" }]);
  // Time, a look, another scope's arm: nothing but an arm of the strategy lets it go on.
  bench.pass(60_000);
  bench.answer();
  armed(bench, "strategy:another");
  expect(bench.session.view.level).toBe("REDUCE_ONLY");
  bench.want();
  expect(bench.take("commit-intents")).toEqual([]);

  armed(bench, STRATEGY);
  expect(bench.session.view.level).toBe("RUN");
  bench.work();
  bench.work();
  bench.pass(1_000);
  expect(raisedAtAuthority(bench)).toEqual([{ code: "REPEATED_EXECUTION", scope: STRATEGY, level: "REDUCE_ONLY" }]);
});

test("RC-42 what earlier holders of the partition did counts, unless a person has armed since", () => {
  const stored = { ...EMPTY, nextSequence: 3, runsSinceHuman: 2, armedEpoch: 1 };
  const bench = twice(stored);
  bench.want();
  expect(bench.take("commit-intents")).toEqual([]);
  expect(bench.session.view.denials.get("REPEATED_EXECUTION")).toBe(1);

  const later = new SessionBench();
  later.state = arm(later.state, STRATEGY, "RUN");
  later.begin(stored);
  later.work();
});

test("RC-42 exits of a disabled strategy still leave, and a person's orders are none of its executions", () => {
  const bench = twice();
  bench.filled(bench.work(), 1_000);
  bench.work({ side: "sell", limit: 10_400 as never });
  bench.pass(1_000);
  expect(raisedAtAuthority(bench)).toHaveLength(1);
  bench.happen({ kind: "operator-asked", request: { id: "r1", scope: STRATEGY, action: "cancel" } });
  for (const { id } of bench.take("cancel")) bench.canceled(id);
  bench.pass(10_000);
  bench.send({ side: "sell", quantity: lots(1_000), reduceOnly: true });
});
