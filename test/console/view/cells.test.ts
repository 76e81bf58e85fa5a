import { describe, expect, test } from "vitest";
import { cellWidth, printable, truncate, wrap } from "../../../src/console/view/cells.ts";
import { Terminal } from "../../support/terminal.ts";

describe("text in terminal cells", () => {
  test.each([
    ["a colour", "a\u001b[31mred\u001b[0m b", "ared b"],
    ["a cursor movement", "x\u001b[2Jy\u001b[10;10Hz", "xyz"],
    ["a window title", "x\u001b]0;owned\u0007y", "xy"],
    ["a bell, a tab and a line end", "a\u0007b\tc\nd", "a b c d"],
    ["a C1 control", "a\u009b31mb", "ab"],
    ["a direction override", "a\u202eb", "a b"],
    ["a lone escape", "a\u001b", "a"],
  ])("%s from outside cannot act on the terminal", (_what, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test("a text is cut by cells, not by characters", () => {
    expect(truncate("abcdef", 6)).toBe("abcdef");
    expect(truncate("abcdef", 4)).toBe("abc…");
    expect(truncate("日本語", 4)).toBe("日…");
    expect(truncate("abc", 0)).toBe("");
  });

  test("a long text wraps between words, and within one that is too long", () => {
    expect(wrap("one two three", 8)).toEqual(["one two", "three"]);
    expect(wrap("abcdefghij", 4)).toEqual(["abc", "def", "ghij"]);
    expect(wrap("short", 80)).toEqual(["short"]);
  });

  test("the width of a text is the one a terminal gives it", async () => {
    const samples = ["plain", "naïve", "日本語", "한국", "▁▂█", "⠀⡇", "● ready", "e\u0301", "１２"];
    const script = samples.map((text) => `${text}|`).join("\\n");
    await using terminal = new Terminal(process.execPath, ["-e", `process.stdout.write("${script}")`]);
    await terminal.exited;

    const widths = samples.map((_, row) => {
      let column = 0;
      for (const cell of terminal.cells(row)) {
        if (cell.text === "|") return column;
        column += /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff01-\uff60]/.test(cell.text) ? 2 : 1;
      }
      return -1;
    });
    expect(samples.map(cellWidth)).toEqual(widths);
  });

  test("every character that is taken for one cell without asking is one in a terminal", async () => {
    const ranges = [
      [0x20, 0x7e],
      [0xa1, 0x2ff],
      [0x2010, 0x2027],
      [0x2190, 0x2193],
      [0x2500, 0x25fc],
      [0x2716, 0x2716],
      [0x2800, 0x28ff],
    ] as const;
    const characters = ranges
      .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
      .filter((code) => code !== 0xad)
      .map((code) => String.fromCodePoint(code));
    const script = `process.stdout.write(${JSON.stringify(characters.join(""))})`;
    await using terminal = new Terminal(process.execPath, ["-e", script], { columns: 100, rows: 30 });
    await terminal.exited;

    const shown = Array.from({ length: 30 }, (_, row) => terminal.cells(row)).flat();
    expect(shown.slice(0, characters.length).map(({ text }) => text)).toEqual(characters);
    expect(characters.map(cellWidth)).toEqual(characters.map(() => 1));
  });
});
