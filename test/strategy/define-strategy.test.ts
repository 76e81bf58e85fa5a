import { describe, expect, test } from "vitest";
import { type AnyStrategy, defineStrategy, strategyParams } from "../../src/strategy/define-strategy.ts";
import { boolean, choice, integer, number } from "../../src/strategy/params.ts";

const strategy = defineStrategy({
  name: "example",
  params: {
    fast: integer(10, { min: 2, max: 50 }),
    slow: integer(30),
    stop: number(0.02, { min: 0, max: 0.5 }),
    side: choice("long", ["long", "short"]),
    on: boolean(true),
  },
  check: ({ fast, slow }) => (fast < slow ? undefined : "fast must be below slow"),
  setup({ params }) {
    const side: "long" | "short" = params.side;
    return () => void side;
  },
});

describe("strategy parameters", () => {
  test("defaults fill what is not given, texts are parsed", () => {
    expect(strategyParams(strategy, { fast: "5", on: "false" })).toEqual({
      fast: 5,
      slow: 30,
      stop: 0.02,
      side: "long",
      on: false,
    });
  });

  test.each([
    [{ fast: 1 }, "PARAM_INVALID"],
    [{ fast: 2.5 }, "PARAM_INVALID"],
    [{ stop: Number.NaN }, "PARAM_INVALID"],
    [{ stop: "" }, "PARAM_INVALID"],
    [{ side: "up" }, "PARAM_INVALID"],
    [{ on: "yes" }, "PARAM_INVALID"],
    [{ quick: 1 }, "PARAM_UNKNOWN"],
    [{ fast: 40 }, "PARAM_COMBINATION"],
  ])("%j is refused as %s", (given, code) => {
    expect(() => strategyParams(strategy, given)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ code }) }),
    );
  });

  test("a strategy of any parameters is a strategy", () => {
    const any: AnyStrategy = strategy;
    expect(any.name).toBe("example");
  });

  test("a name that is no kebab-case is refused", () => {
    expect(() => defineStrategy({ name: "Not This", setup: () => () => {} })).toThrow(/lower case/);
  });
});
