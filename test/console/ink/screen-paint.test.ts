import { expect, test } from "vitest";
import { ScreenPaint } from "../../../src/console/ink/screen-paint.ts";

const row = (number: number, text: string) => `\u001b[${number};1H\u001b[K${text}`;
const HOME = "\u001b[1;1H";

/** What a frame of these rows brings to the terminal. */
const frame = (paint: ScreenPaint, ...rows: readonly string[]) => paint.expand(`<${paint.markFor(rows)}>`);

test("OC-02 a frame brings the first row and the rows that changed, and nothing else", () => {
  const paint = new ScreenPaint();
  expect(frame(paint, "head", "a", "b")).toBe(`<${row(1, "head")}${row(2, "a")}${row(3, "b")}${HOME}>`);
  expect(frame(paint, "head", "a", "c")).toBe(`<${row(1, "head")}${row(3, "c")}${HOME}>`);
});

test("rows that are gone are erased, and after forget every row comes anew", () => {
  const paint = new ScreenPaint();
  frame(paint, "head", "a", "b");
  expect(frame(paint, "head", "a")).toBe(`<${row(1, "head")}\u001b[3;1H\u001b[J${HOME}>`);
  paint.forget();
  expect(frame(paint, "head", "a")).toBe(`<${row(1, "head")}${row(2, "a")}${HOME}>`);
});

test("a frame that was left out is part of the next one", () => {
  const paint = new ScreenPaint();
  frame(paint, "head", "a", "b");
  paint.markFor(["head", "x", "b"]);
  expect(frame(paint, "head", "x", "y")).toBe(`<${row(1, "head")}${row(2, "x")}${row(3, "y")}${HOME}>`);
});

test("each set of rows has another character, the same set keeps its own, after more sets than there are characters", () => {
  const paint = new ScreenPaint();
  let last = "";
  for (let change = 0; change < 7_000; change++) {
    const rows = ["head", `change ${change}`];
    const mark = paint.markFor(rows);
    if (mark === last || paint.markFor(rows) !== mark) throw new Error(`change ${change} is not told`);
    last = mark;
  }
  expect(paint.expand(last)).toContain("change 6999");
});

test("what Ink writes beside the screen stays as it is", () => {
  expect(new ScreenPaint().expand("\u001b[?1049h\u001b[?25l")).toBe("\u001b[?1049h\u001b[?25l");
});
