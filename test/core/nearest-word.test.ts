import { expect, test } from "vitest";
import { nearestWord } from "../../src/core/nearest-word.ts";

test.each([
  ["stauts", "status"],
  ["reastart", "restart"],
  ["Strat", "start"],
  ["backtest rnu", "backtest run"],
  ["xyz", undefined],
  ["st", undefined],
])("of %s the word that was meant is %s", (typed, meant) => {
  expect(nearestWord(typed, ["start", "status", "restart", "backtest run"])).toBe(meant);
});
