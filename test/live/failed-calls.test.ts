import { expect, test } from "vitest";
import { SessionBench } from "../support/session-bench.ts";

test("RC-05 OL-08 a record that the store refuses blocks the strategy, and its resting orders stay in hand", () => {
  const bench = new SessionBench().begin();
  const resting = bench.work();
  bench.happen({ kind: "call-failed", call: "record-denials", reason: "violates check constraint" });
  expect(bench.take("raise-level")).toMatchObject([
    { scope: "strategy:sma-cross", level: "BLOCK", code: "CALL_FAILED", reason: expect.stringContaining("constraint") },
  ]);
  expect(bench.take("alert")).toMatchObject([{ code: "CALL_FAILED" }]);
  bench.want();
  expect(bench.take("commit-intents")).toEqual([]);
  bench.filled(resting, 400);
  expect(bench.position).toBe(400);
  bench.happen({ kind: "operator-asked", request: { id: "r1", scope: "global", action: "cancel" } });
  expect(bench.take("cancel").map(({ id }) => id)).toEqual([resting]);
});
