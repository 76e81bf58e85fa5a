import { expect, test } from "vitest";
import { explainCode } from "../../src/actions/explain-code.ts";
import { explainExit } from "../../src/actions/explain-exit.ts";
import { OperatorError } from "../../src/core/errors.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";

test("OM-02 every exit code means one thing", () => {
  const codes = Object.values(EXIT_CODES).map((row) => row.code);
  expect(new Set(codes).size).toBe(codes.length);
});

test("OM-02 a code with which an order is denied is explained too, and any other is refused", () => {
  expect(explainCode("kill_blocked")).toMatchObject([{ code: "KILL_BLOCKED", name: "trading-level" }]);
  expect(() => explainCode("NOPE")).toThrow(OperatorError);
});

test("OM-02 explain knows each code and refuses others with the list", () => {
  expect(explainExit("14")).toEqual([{ name: "outage", ...EXIT_CODES.outage }]);
  expect(explainExit()).toHaveLength(Object.keys(EXIT_CODES).length);
  expect(() => explainExit("99")).toThrow(OperatorError);
});
