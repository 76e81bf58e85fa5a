import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isUnrecorded, type LatchedKill, latchedState, stillHolds } from "../../src/trading/latched-kill.ts";
import type { Scope } from "../../src/trading/scope.ts";

const kills = fc.array(
  fc.record({
    scope: fc.constantFrom<Scope>("global", "strategy:a", "account:b"),
    level: fc.constantFrom("REDUCE_ONLY" as const, "BLOCK" as const),
    epoch: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  }),
);
const arms = fc.dictionary(fc.constantFrom("global", "strategy:a", "account:b"), fc.integer({ min: 0, max: 20 }));
const armedEpochs = (record: Record<string, number>) => new Map(Object.entries(record) as [Scope, number][]);

describe("kills beside the authority", () => {
  test("KS-06 an arm lifts exactly the recorded kills of its scope that are older", () => {
    fc.assert(
      fc.property(kills, arms, (all, record) => {
        const armed = armedEpochs(record);
        for (const kill of all) {
          const lifted = kill.epoch !== undefined && (armed.get(kill.scope) ?? 0) > kill.epoch;
          expect(stillHolds(kill, armed)).toBe(!lifted);
        }
      }),
    );
  });

  test("KS-06 one more kill never loosens a level", () => {
    const rank = { RUN: 0, REDUCE_ONLY: 1, BLOCK: 2 };
    fc.assert(
      fc.property(kills, kills, arms, (some, more, record) => {
        const armed = armedEpochs(record);
        const [fewer, all] = [latchedState(some, armed), latchedState([...some, ...more], armed)];
        for (const [scope, { level }] of fewer.levels) {
          expect(rank[all.levels.get(scope)!.level]).toBeGreaterThanOrEqual(rank[level]);
        }
      }),
    );
  });

  test("KS-06 what the authority has forgotten is unrecorded again", () => {
    const kill: LatchedKill = { scope: "global", level: "BLOCK", epoch: 7 };
    expect([isUnrecorded(kill, 6), isUnrecorded(kill, 7), isUnrecorded({ ...kill, epoch: undefined }, 99)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
