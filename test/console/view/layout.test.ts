import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toAnsi } from "../../../src/console/view/ansi.ts";
import { beside, panel, shareRows } from "../../../src/console/view/block.ts";
import { count, duration, grouped, money, percent, timeOfDay } from "../../../src/console/view/format.ts";
import { fitTo, line, lineWidth, plainText, span, spread } from "../../../src/console/view/line.ts";
import { type Column, table } from "../../../src/console/view/table.ts";
import { nextTheme, THEMES, themeFor } from "../../../src/console/view/theme.ts";
import { windowAround, windowFromEnd } from "../../../src/console/view/window.ts";

const text = (block: readonly (readonly { text: string }[])[]) => block.map(plainText);

describe("lines", () => {
  test("fit exactly, whatever is in them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 }),
        fc.integer({ min: 0, max: 60 }),
        (parts, width) => {
          expect(
            lineWidth(
              fitTo(
                parts.map((part) => span(part)),
                width,
              ),
            ),
          ).toBe(width);
        },
      ),
    );
  });

  test("keep their left end when both ends do not fit", () => {
    expect(plainText(spread(line("left"), line("right"), 20))).toBe("left           right");
    expect(plainText(spread(line("left"), line("right"), 8))).toBe("left");
  });

  test("a styled span closes itself, over the look of its ground", () => {
    const theme = THEMES[2]!;
    expect(toAnsi([{ text: "ok", role: "good", ground: "cursor" }, { text: "." }], theme)).toBe(
      "\u001b[7;32mok\u001b[0m.",
    );
  });
});

describe("tables", () => {
  test("decimals stand with their points under each other; words stay at the right", () => {
    const columns: Column<string>[] = [{ title: "price", min: 8, align: "decimal", cell: (text) => span(text) }];
    expect(table(columns, ["56.78", "56.8", "57", "1,234.5", "-"], 8).map(plainText)).toEqual([
      "   price",
      "   56.78",
      "   56.8",
      "   57",
      "1,234.5",
      "       -",
    ]);
  });
});

describe("blocks", () => {
  test("a panel has a rule with its title and exactly its height", () => {
    const rows = text(panel("Fills", [line("one"), line("two"), line("three")], 20, 3, line("2")));
    expect(rows).toEqual(["─ Fills ──────── 2 ─", "one", "two"]);
  });

  test("stand beside each other at their widths", () => {
    const rows = text(
      beside([
        { block: [line("a"), line("b")], width: 3 },
        { block: [line("x")], width: 2 },
      ]),
    );
    expect(rows).toEqual(["a   x", "b"]);
  });

  test("share rows: minimum first, then wishes in turn, the rest to the last, and never another total", () => {
    expect(
      shareRows(10, [
        { min: 2, want: 3 },
        { min: 2, want: 4 },
      ]),
    ).toEqual([3, 7]);
    expect(
      shareRows(5, [
        { min: 2, want: 9 },
        { min: 2, want: 9 },
      ]),
    ).toEqual([3, 2]);
    expect(
      shareRows(3, [
        { min: 2, want: 2 },
        { min: 2, want: 2 },
      ]),
    ).toEqual([2, 1]);
    const wish = fc.record({ min: fc.nat(9), want: fc.nat(30) });
    fc.assert(
      fc.property(fc.nat(60), fc.array(wish, { minLength: 1, maxLength: 6 }), (total, wishes) => {
        const rows = shareRows(total, wishes);
        expect(rows.reduce((sum, one) => sum + one, 0)).toBe(total);
        expect(Math.min(...rows)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a table", () => {
  interface Row {
    readonly name: string;
    readonly size: string;
  }
  const columns: readonly Column<Row>[] = [
    { title: "name", min: 6, grow: 1, cell: ({ name }) => span(name) },
    { title: "size", min: 5, align: "right", cell: ({ size }) => span(size) },
    { title: "note", min: 8, giveUp: 1, cell: () => span("note") },
  ];
  const rows: Row[] = [
    { name: "worker-1", size: "3" },
    { name: "api", size: "12" },
  ];

  test("aligns its columns and gives what is left to those that grow", () => {
    expect(text(table(columns, rows, 26))).toEqual([
      "name         size note",
      "worker-1        3 note",
      "api            12 note",
    ]);
  });

  test("leaves out what is least important where it is narrow, and cuts what still does not fit", () => {
    expect(text(table(columns, rows, 12))).toEqual(["name    size", "worke…     3", "api       12"]);
  });

  test("paints the row under the cursor over its whole width", () => {
    const row = table(columns, rows, 26, 1)[2]!;
    expect(row.every(({ ground }) => ground === "cursor")).toBe(true);
    expect(lineWidth(row)).toBe(26);
  });
});

describe("windows of long lists", () => {
  test("keep the cursor near the middle and stop at the ends", () => {
    expect(windowAround(0, 100, 10)).toEqual({ start: 0, end: 10 });
    expect(windowAround(50, 100, 10)).toEqual({ start: 45, end: 55 });
    expect(windowAround(99, 100, 10)).toEqual({ start: 90, end: 100 });
    expect(windowAround(0, 3, 10)).toEqual({ start: 0, end: 3 });
  });

  test("count back from the end", () => {
    expect(windowFromEnd(100, 10, 0)).toEqual({ start: 90, end: 100 });
    expect(windowFromEnd(100, 10, 95)).toEqual({ start: 0, end: 10 });
  });
});

describe("figures for reading", () => {
  test("exact decimals are grouped and never rounded", () => {
    expect(grouped("1234567.80000001")).toBe("1,234,567.80000001");
    expect(grouped("-0.5", { sign: true })).toBe("-0.5");
    expect(grouped("12", { sign: true })).toBe("+12");
    expect(grouped("-0.00", { sign: true })).toBe("0.00");
    expect(grouped("not a number")).toBe("not a number");
    expect(money(-1234.5)).toBe("-1,234.50");
  });

  test("times and shares", () => {
    expect([0, 59_999, 60_000, 3_780_000, 90_000_000].map(duration)).toEqual(["0s", "59s", "1m", "1h 03m", "1d 01h"]);
    expect(duration(Number.NaN)).toBe("-");
    expect(timeOfDay(0)).toBe("00:00:00");
    expect(percent(0.1234, 1)).toBe("12.3%");
    expect([count(1, "order"), count(2, "order")]).toEqual(["1 order", "2 orders"]);
  });
});

describe("themes", () => {
  test("OC-05 a terminal without colour gets none, one with sixteen gets sixteen", () => {
    expect([1, 4, 8, 24].map((depth) => themeFor(depth).name)).toEqual(["monochrome", "ansi", "dark", "dark"]);
    expect(nextTheme(themeFor(1), 1).name).toBe("monochrome");
    const colours = Object.values(themeFor(1).roles).filter((look) => /(^|;)(3|4|9|10)\d/.test(look));
    expect(colours).toEqual([]);
  });

  test("stepping through them comes back to the first", () => {
    let theme = THEMES[0]!;
    for (let step = 0; step < THEMES.length; step++) theme = nextTheme(theme, 24);
    expect(theme).toBe(THEMES[0]);
  });
});
