import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { provenSkew } from "../../src/trading/clock-skew.ts";

const ms = fc.integer({ min: 0, max: 100_000 });
const off = fc.integer({ min: -50_000, max: 50_000 });

describe("how far our clock is off the venue's", () => {
  test("RC-51 a slow answer never makes a skew up, and never makes one larger", () => {
    fc.assert(
      fc.property(ms, ms, off, (there, back, skew) => {
        const asked = 1_700_000_000_000;
        const proven = provenSkew(asked + skew, asked + there, asked + there + back + skew);
        expect(Math.abs(proven)).toBeLessThanOrEqual(Math.abs(skew));
        expect(proven === 0 || Math.sign(proven) === Math.sign(skew)).toBe(true);
      }),
    );
  });

  test("RC-51 what an answer's time cannot explain is seen", () => {
    fc.assert(
      fc.property(ms, ms, off, (there, back, skew) => {
        const asked = 1_700_000_000_000;
        const proven = provenSkew(asked + skew, asked + there, asked + there + back + skew);
        expect(Math.abs(proven)).toBeGreaterThanOrEqual(Math.abs(skew) - (skew > 0 ? there : back));
      }),
    );
  });
});
