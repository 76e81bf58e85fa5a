import { describe, expect, test } from "vitest";
import { Market } from "../../src/live/market.ts";
import { ticks } from "../../src/trading/instrument.ts";
import { reference } from "../../src/trading/risk/checks/reference.ts";
import { BTC, riskContext } from "../support/risk-context.ts";

const at = (mono: number) => ({ mono, wall: mono });

function market() {
  const made = new Market([BTC]);
  const bar = (time: number, close: number) =>
    made.takeBar(BTC.id, { time, open: close, high: close, low: close, close, volume: 1 }, at(time));
  const mark = (price: number, barTime: number | undefined, seen: number) =>
    made.takeMark(BTC.id, { price: ticks(price), ...(barTime !== undefined && { barTime }) }, at(seen));
  /** What the check says now. */
  const verdict = (mono: number) => {
    const said = reference.evaluate(riskContext({ now: at(mono), references: made.references(BTC.id) }));
    return said.kind === "PASS" ? "PASS" : `${said.kind} ${said.code}`;
  };
  return { made, bar, mark, verdict };
}

describe("the venue's own price beside the market data", () => {
  test("RC-16 without it, and with one that is off, orders are denied; with one that agrees they are not", () => {
    const { bar, mark, verdict } = market();
    bar(1_000, 100);
    expect(verdict(1_000)).toBe("UNKNOWN REFERENCE_SOURCE_MISSING");
    mark(10_200, 1_000, 1_100);
    expect(verdict(1_100)).toBe("PASS");
    mark(11_000, 1_000, 1_200);
    expect(verdict(1_200)).toBe("DENY REFERENCE_SOURCES_DISAGREE");
    mark(10_000, 1_000, 1_300);
    expect(verdict(1_300 + 120_001)).toBe("UNKNOWN REFERENCE_STALE");
  });

  test("RC-16 the same bar is compared: neither a market that went on nor an answer that came early is a difference", () => {
    const { bar, mark, verdict, made } = market();
    bar(1_000, 100);
    bar(2_000, 200);
    mark(10_000, 1_000, 2_100);
    expect(verdict(2_100)).toBe("PASS");
    // The venue speaks of a bar that has not arrived here: it counts when that bar does.
    mark(40_000, 3_000, 2_200);
    expect(verdict(2_200)).toBe("PASS");
    bar(3_000, 300);
    expect(verdict(3_000)).toBe("DENY REFERENCE_SOURCES_DISAGREE");
    // Orders are measured against the market data in any case.
    expect(made.reference(BTC.id)).toBe(30_000);
  });

  test("RC-16 of a bar that was never seen here it says nothing", () => {
    const { bar, mark, verdict } = market();
    bar(2_000, 200);
    mark(20_000, 1_500, 2_100);
    expect(verdict(2_100)).toBe("UNKNOWN REFERENCE_SOURCE_MISSING");
  });
});
