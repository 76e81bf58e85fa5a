import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConstraint } from "../../../src/backtest/sweep/constraint.ts";
import { grid, keyOf, latinHypercube, random } from "../../../src/backtest/sweep/draw.ts";
import { parseDimension, sizeOf } from "../../../src/backtest/sweep/space.ts";
import { suggest, type Tried } from "../../../src/backtest/sweep/tpe.ts";
import { seededRandom } from "../../../src/core/random.ts";
import { boolean, choice, integer, number } from "../../../src/strategy/params.ts";

const params = {
  fast: integer(10, { min: 1, max: 500 }),
  slow: integer(30, { min: 1, max: 500 }),
  stop: number(0.1, { min: 0, max: 1 }),
  side: choice("long", ["long", "short"]),
  on: boolean(true),
};
const dimension = (text: string) => parseDimension(text, params);

describe("ranges", () => {
  test.each([
    ["fast=5..8", [5, 6, 7, 8]],
    ["slow=30..120:30", [30, 60, 90, 120]],
    ["stop=0.1..0.3:0.1", [0.1, 0.2, 0.3]],
    ["fast=5,10,15", [5, 10, 15]],
    ["side=long,short", ["long", "short"]],
    ["on=true,false", [true, false]],
  ])("%s", (text, values) => {
    expect(dimension(text)).toMatchObject({ kind: "discrete", values });
  });

  test("a number without a step is continuous", () => {
    expect(dimension("stop=0.01..0.1")).toEqual({ kind: "continuous", name: "stop", min: 0.01, max: 0.1 });
  });

  test.each([
    "speed=1..2",
    "fast",
    "fast=",
    "fast=9..5",
    "fast=0..5",
    "fast=1..2:0",
    "side=up",
    "stop=0..2",
    "fast=1.5,2",
  ])("%s is refused", (text) => {
    expect(() => dimension(text)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ exit: "usage" }) }),
    );
  });
});

describe("constraints", () => {
  const holds = (text: string) =>
    parseConstraint(text, Object.keys(params))({ fast: 10, slow: 30, stop: 0.05, side: "long", on: true });
  test.each([
    ["fast < slow", true],
    ["fast >= slow", false],
    ["slow / fast == 3", true],
    ["fast + slow * 2 - 1 <= 69", true],
    ["(fast + slow) * 2 > 79 and stop < 0.1", true],
    ["fast > slow or not stop > 0.1", true],
    ["fast > slow || slow > 100 && fast < 1", false],
    ["side == long", true],
    ["side != long", false],
    ["on == 1", true],
    ["-fast < -5", true],
    ["fast*2!=20", false],
  ])("%s is %s", (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  test.each(["fast <", "speed > 1", "fast < slow)", "(fast", "process.exit()", "fast; slow", ""])(
    "%s is refused",
    (text) => {
      expect(() => holds(text)).toThrow(/not understood/);
    },
  );
});

describe("drawing", () => {
  const space = [dimension("fast=1..40"), dimension("stop=0.01..0.5"), dimension("side=long,short")];
  const always = () => true;

  test("a grid holds every combination once, the last dimension moving fastest", () => {
    const small = [dimension("fast=1..2"), dimension("side=long,short"), dimension("slow=5..6")];
    const all = [...grid(small)].map((one) => Object.values(one).join(" "));
    expect(all).toEqual([
      "1 long 5",
      "1 long 6",
      "1 short 5",
      "1 short 6",
      "2 long 5",
      "2 long 6",
      "2 short 5",
      "2 short 6",
    ]);
    expect(sizeOf(small)).toBe(8);
    expect(sizeOf(space)).toBe(Number.POSITIVE_INFINITY);
  });

  test("the same seed draws the same, all different and allowed; a space that is too small gives what it has", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const allowed = ({ fast }: Record<string, unknown>) => Number(fast) % 2 === 0;
        for (const draw of [random, latinHypercube]) {
          const drawn = draw(space, 20, seededRandom(seed), allowed);
          expect(drawn).toEqual(draw(space, 20, seededRandom(seed), allowed));
          expect(new Set(drawn.map(keyOf)).size).toBe(20);
          expect(drawn.every(allowed)).toBe(true);
          expect(draw([dimension("fast=1..3")], 20, seededRandom(seed), always)).toHaveLength(3);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("a Latin hypercube uses every part of every dimension once", () => {
    const drawn = latinHypercube([dimension("stop=0..1"), dimension("fast=1..40")], 40, seededRandom(3), always);
    expect(drawn.map(({ stop }) => Math.floor(Number(stop) * 40)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    );
    expect(new Set(drawn.map(({ fast }) => fast)).size).toBe(40);
  });

  test("the estimator finds a hidden peak with far fewer runs than chance", () => {
    const peak = [dimension("fast=1..200"), dimension("stop=0..1"), dimension("side=long,short")];
    const score = ({ fast, stop, side }: Record<string, unknown>) =>
      -(((Number(fast) - 137) / 200) ** 2) - (Number(stop) - 0.31) ** 2 - (side === "short" ? 0 : 0.2);
    const search = (seed: number) => {
      const tried: Tried[] = latinHypercube(peak, 24, seededRandom(seed), always).map((one) => ({
        params: one,
        score: score(one),
      }));
      while (tried.length < 120) {
        const next = suggest(peak, tried, 8, seededRandom(seed).fork(`${tried.length}`), always);
        tried.push(...next.map((one) => ({ params: one, score: score(one) })));
      }
      return Math.max(...tried.map((one) => one.score!));
    };
    const chance = (seed: number) => Math.max(...random(peak, 120, seededRandom(seed), always).map(score));
    const seeds = Array.from({ length: 10 }, (_, i) => i);
    const median = (values: number[]) => values.sort((a, b) => a - b)[5]!;
    expect(median(seeds.map(search))).toBeGreaterThan(median(seeds.map(chance)) / 3);
    expect(median(seeds.map(search))).toBeGreaterThan(-0.001);
  });
});
