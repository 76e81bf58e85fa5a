import { expect, test } from "vitest";
import { exitsHeld } from "../../../src/actions/kill/exits-held.ts";
import type { LevelNote } from "../../../src/ports/level-record.ts";
import { accountId, strategyId } from "../../../src/trading/instrument.ts";
import { partitionId } from "../../../src/trading/lease.ts";
import type { Level } from "../../../src/trading/level.ts";
import type { Scope } from "../../../src/trading/scope.ts";
import { BTC } from "../../support/risk-context.ts";

const ACCOUNT = {
  account: accountId("main"),
  instruments: new Map([[BTC.id, BTC]]),
  partitions: ["fast", "slow"].map((name) => ({
    ...{ id: partitionId(name), strategy: strategyId(name), instrument: BTC.id },
  })),
};

function held(scope: Scope, levels: Readonly<Record<string, Level>>): string | undefined {
  const notes = Object.entries(levels).map(([one, level]): LevelNote => {
    return { scope: one as Scope, level, epoch: 1, commandId: "", actor: "", reason: "", at: 0 };
  });
  return exitsHeld([ACCOUNT], scope, notes);
}

test("KS-16 exits may leave unless every partition in scope is blocked", () => {
  expect(held("global", { global: "REDUCE_ONLY" })).toBeUndefined();
  expect(held("global", { global: "REDUCE_ONLY", "strategy:fast": "BLOCK" })).toBeUndefined();
  expect(held("strategy:slow", { "strategy:fast": "BLOCK" })).toBeUndefined();
});

test("KS-16 where none may leave, the steps close positions without letting a strategy open one", () => {
  const venue = `--scope venue:${BTC.venue} --level REDUCE_ONLY --reason '…'`;
  expect(held("global", { global: "BLOCK" })).toBe(
    `positions were not closed: global at BLOCK lets no exit out either. So that they can be, and nothing else: ttt kill ${venue}; ttt arm --reason '…'; ttt kill --flatten --reason '…'`,
  );
  // What is blocked itself cannot hold them at less: the next narrower scopes do.
  const both = held("strategy:fast", { global: "BLOCK", [`venue:${BTC.venue}`]: "BLOCK" });
  expect(both).toContain("ttt kill --scope account:main --level REDUCE_ONLY");
  expect(both).toContain(`ttt arm --reason '…'; ttt arm --scope venue:${BTC.venue} --reason '…'`);
  expect(both).toContain("ttt kill --scope strategy:fast --flatten");
});
