import { expect, test } from "vitest";
import { RowPaint } from "../../../src/console/ink/row-paint.ts";

test("a row comes out where its character stood", () => {
  const paint = new RowPaint();
  const output = `${paint.characterFor(0, "first")}\n${paint.characterFor(1, "second")}`;
  expect(paint.expand(`\u001b[H${output}`)).toBe("\u001b[Hfirst\nsecond");
});

test("a row that did not change keeps its character, one that changed and changed back does not", () => {
  const paint = new RowPaint();
  const first = paint.characterFor(0, "A");
  expect(paint.characterFor(0, "A")).toBe(first);
  paint.characterFor(0, "B");
  const back = paint.characterFor(0, "A");
  expect(back).not.toBe(first);
  expect(paint.expand(back)).toBe("A");
});

test("after more changes than there are characters every row still shows its own text", () => {
  const paint = new RowPaint();
  const still = paint.characterFor(0, "still");
  let busy = "";
  for (let change = 0; change < 70_000; change++) {
    busy = paint.characterFor(1, `change ${change}`);
    if (busy === still) throw new Error("a character was given to two rows");
  }
  expect(paint.expand(still + busy)).toBe("stillchange 69999");
});
