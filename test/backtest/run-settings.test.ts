import { expect, test } from "vitest";
import { differingSettings, runSettings } from "../../src/backtest/run-settings.ts";
import type { BacktestSpec } from "../../src/backtest/spec.ts";
import { comparison } from "../../src/cli/present/runs.ts";
import { statisticsOf } from "../support/statistics.ts";

const run = (options: BacktestSpec, { hash = "aa", strategy = "x", strategyHash = "s1" } = {}) => {
  const stats = statisticsOf([100, 101, 103]);
  const bars = { symbol: "GOOG", hash, rows: 3, from: 0, to: 172_800_000, interval: "1d", synthetic: false };
  const settings = runSettings({ engineVersion: "1", strategy, strategyHash, data: [bars], options, stats });
  return { id: "0123456789ab", title: "x on GOOG", strategy, params: { fast: 1 }, settings, stats };
};
const differing = (...runs: ReturnType<typeof run>[]) => differingSettings(runs.map(({ settings }) => settings));

test("what a specification leaves out is its default, and a proof of look-ahead changes nothing", () => {
  expect(differing(run({}), run({ commission: 0, cash: 10_000, fill: "open", checked: true }))).toEqual({});
});

test("other costs, other bars, other limits and another version of a strategy are differences", () => {
  const dear = run(
    { commission: { fixed: 5, rate: 0.001 }, risk: { limits: { maxOrderNotional: 9 } } },
    { hash: "bb" },
  );
  expect(differing(run({ commission: 0.001 }), dear)).toEqual({
    "bars hash": ["aa", "bb"],
    commission: ["0.001", "fixed 5 rate 0.001"],
    "risk checks": ["", "on"],
    "risk maxOrderNotional": ["", "9"],
  });
  expect(differing(run({}), run({}, { strategyHash: "s2" }))).toEqual({ "x hash": ["s1", "s2"] });
  expect(differing(run({}), run({}, { strategy: "y", strategyHash: "s2" }))).toEqual({});
});

test("a comparison keeps to 80 columns however many runs there are, and shows the differences of each", () => {
  const lines = comparison([0, 1, 2, 3, 4, 5].map((i) => run({ commission: i / 1000 })));
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
  const costs = lines.filter((line) => /commission .*0\.00\d/.test(line));
  expect(costs.join(" ")).toMatch(/0\.001 .*0\.002 .*0\.003.*0\.004 .*0\.005/);
  expect(comparison([run({}), run({})])).toContain("Data, costs and settings are the same.");
});
