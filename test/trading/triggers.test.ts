import { describe, expect, test } from "vitest";
import { BLIND_AFTER, INPUT_FRESH_MS, TRIGGERS, type TriggerInputs, TriggerWatch } from "../../src/trading/triggers.ts";
import { limits } from "../support/risk-context.ts";

const NOW = 1_000_000;
const held = limits({
  maxDayLoss: 100,
  maxDrawdownRatio: 0.1,
  maxDriftLots: 0,
  maxRejects: 5,
  maxRepeatedRuns: 3,
  maxOrderToTrade: 50,
  maxFeedSilenceMs: 10_000,
  maxClockSkewMs: 100,
});
const calm: TriggerInputs = {
  dayLoss: { value: 0, seenAt: NOW },
  drawdownRatio: { value: 0, seenAt: NOW },
  driftLots: { value: 0, seenAt: NOW },
  rejects: { value: 0, seenAt: NOW },
  orderToTrade: { value: 0, seenAt: NOW },
  executions: { value: 1, seenAt: NOW },
  feedSilenceMs: { value: 0, seenAt: NOW },
  clockSkewMs: { value: 0, seenAt: NOW },
  departuresApart: { value: 0, seenAt: NOW },
  buildsApart: { value: 0, seenAt: NOW },
};
const trips = (change: Partial<TriggerInputs>, times = 1, on = held) => {
  const watch = new TriggerWatch();
  let last: string[] = [];
  for (let time = 0; time < times; time++) {
    last = watch.evaluate(() => ({ ...calm, ...change }), on, NOW).map(({ code, level }) => `${code} ${level}`);
  }
  return last;
};

describe("automatic triggers", () => {
  test("KS-25 are quiet while everything is within bounds", () => {
    expect(trips({}, 100)).toEqual([]);
  });

  test.each([
    ["dayLoss", 101, "DAY_LOSS REDUCE_ONLY"],
    ["drawdownRatio", 0.11, "DRAWDOWN REDUCE_ONLY"],
    ["driftLots", 1, "DRIFT BLOCK"],
    ["rejects", 6, "REJECT_STORM REDUCE_ONLY"],
    ["orderToTrade", 51, "ORDER_RATIO REDUCE_ONLY"],
    ["executions", 4, "REPEATED_EXECUTION REDUCE_ONLY"],
    ["feedSilenceMs", 10_001, "STALE_FEED REDUCE_ONLY"],
    ["clockSkewMs", 101, "CLOCK_SKEW REDUCE_ONLY"],
    ["departuresApart", 1, "DEPARTURES BLOCK"],
    ["buildsApart", 1, "BUILD_SKEW BLOCK"],
  ] as const)("KS-25 %s out of bounds raises the level", (input, value, expected) => {
    expect(trips({ [input]: { value, seenAt: NOW } })).toEqual([expected]);
  });

  test("KS-24 KS-25 none of them can lower a level", () => {
    expect(TRIGGERS.map(({ level }) => level)).not.toContain("RUN");
  });

  test("KS-26 an input that is missing, stale or no number is not a value of zero", () => {
    const stale = { value: 0, seenAt: NOW - INPUT_FRESH_MS - 1 };
    for (const dayLoss of [undefined, stale, { value: Number.NaN, seenAt: NOW }]) {
      expect(trips({ dayLoss }, BLIND_AFTER - 1)).toEqual([]);
      expect(trips({ dayLoss }, BLIND_AFTER)).toEqual(["DAY_LOSS_BLIND REDUCE_ONLY"]);
    }
  });

  test("KS-25 an evaluation that fails often enough is itself a trigger, and one success starts the count again", () => {
    const watch = new TriggerWatch();
    const fail = () =>
      watch.evaluate(
        () => {
          throw new Error("no figures");
        },
        held,
        NOW,
      );
    for (let time = 1; time < BLIND_AFTER; time++) expect(fail()).toEqual([]);
    watch.evaluate(() => calm, held, NOW);
    for (let time = 1; time < BLIND_AFTER; time++) expect(fail()).toEqual([]);
    expect(fail().map(({ code }) => code)).toEqual(TRIGGERS.map(({ code }) => `${code}_BLIND`));
  });

  test("a limit of none switches its trigger off; a limit that was never set blinds it", () => {
    const dayLoss = { value: 1e9, seenAt: NOW };
    expect(trips({ dayLoss }, BLIND_AFTER, limits({ ...off, maxDayLoss: null }))).toEqual([]);
    expect(trips({ dayLoss }, BLIND_AFTER, limits({ ...off, maxDayLoss: undefined }))).toEqual([
      "DAY_LOSS_BLIND REDUCE_ONLY",
    ]);
  });
});

const off = { maxFeedSilenceMs: null, maxClockSkewMs: null };
