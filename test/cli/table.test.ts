import { expect, test } from "vitest";
import { table } from "../../src/cli/present/table.ts";

test("a row is one line, whatever somebody typed into it, and nothing in it steers the terminal", () => {
  const typed = "drill\n2  forged by mallory\u001b[2J\u2028more";
  expect(table(["ROW", "WHAT"], [["1", typed]])).toEqual(["ROW  WHAT", "1    drill 2  forged by mallory [2J more"]);
});
