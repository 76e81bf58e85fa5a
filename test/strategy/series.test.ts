import { expect, test } from "vitest";
import { crossedAbove } from "../../src/strategy/cross.ts";
import { GrowingColumns } from "../../src/strategy/growing-columns.ts";
import { sma } from "../../src/strategy/indicators/sma.ts";
import { WholeColumns } from "../../src/strategy/whole-columns.ts";
import { barAt } from "../../src/trading/bar.ts";
import { randomBars } from "../support/bars.ts";

const columns = randomBars(500, 7);

test("BT-10 a series cannot be read ahead of the cursor", () => {
  const bars = new WholeColumns("X", columns);
  bars.cursor.index = 100;
  expect(bars.close.now).toBe(columns.close[100]);
  expect(bars.close.prev).toBe(columns.close[99]);
  expect(bars.close.at(100)).toBe(columns.close[0]);
  expect(bars.close.at(101)).toBeNaN();
  expect(() => bars.close.at(-1)).toThrow(/looks ahead/);
  expect(() => bars.close.at(0.5)).toThrow(/looks ahead or between/);
});

test("bars that grow give the same values as whole columns, however short the history", () => {
  const whole = new WholeColumns("X", columns);
  const growing = new GrowingColumns("X", 16);
  const read = (bars: WholeColumns | GrowingColumns) => {
    const fast = sma(bars.close, 3);
    const slow = sma(sma(bars.high, 4), 5);
    return () => [bars.time.now, fast.now, slow.now, slow.at(10), crossedAbove(fast, slow)];
  };
  const readWhole = read(whole);
  const readGrowing = read(growing);
  expect(growing.warmUp).toBe(whole.warmUp);
  for (let i = 0; i < columns.time.length; i++) {
    whole.cursor.index = i;
    growing.append(barAt(columns, i));
    expect(readGrowing()).toEqual(readWhole());
  }
});

test("an indicator of other bars is refused", () => {
  const one = new WholeColumns("ONE", columns);
  const two = new GrowingColumns("TWO");
  expect(() => sma(one.close, 3)).not.toThrow();
  two.append(barAt(columns, 0));
  expect(() => sma(two.close, 3)).toThrow(/before the first bar/);
});
