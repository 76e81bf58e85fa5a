import fc from "fast-check";
import { expect, test } from "vitest";
import { TextRing } from "../../src/core/text-ring.ts";

const BYTES = 512;
const LONGEST = BYTES / 8;

const kept = (ring: TextRing) =>
  Array.from({ length: ring.next - ring.first }, (_, index) => ring.at(ring.first + index));

test("keeps the newest texts whole and in order, whatever they are made of", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom("a", "ü", "€", "🙂"), maxLength: 10 })),
      fc.integer({ min: 1, max: 40 }),
      (texts, capacity) => {
        const ring = new TextRing(capacity, BYTES);
        for (const [index, text] of texts.entries()) {
          ring.push(text);
          expect(ring.at(index)).toBe(text);
          expect(kept(ring)).toEqual(texts.slice(ring.first, index + 1));
        }
        expect(ring.next).toBe(texts.length);
        expect(ring.next - ring.first).toBeLessThanOrEqual(capacity);
        expect(ring.at(ring.first - 1)).toBeUndefined();
        expect(ring.at(ring.next)).toBeUndefined();
      },
    ),
  );
});

test("lets none go while there is room for all", () => {
  const ring = new TextRing(10, BYTES);
  const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
  for (const text of texts) ring.push(text);
  expect(kept(ring)).toEqual(texts.slice(-10));
});

test("uses most of its room before it lets one go", () => {
  const ring = new TextRing(1_000, BYTES);
  for (let index = 0; index < 1_000; index++) ring.push("0123456789");
  const bytes = kept(ring).length * 10;
  expect(bytes).toBeGreaterThan(BYTES / 2);
  expect(bytes).toBeLessThanOrEqual(BYTES);
});

test("cuts what is too long between two characters", () => {
  const ring = new TextRing(10, BYTES);
  ring.push("before");
  ring.push("€".repeat(1_000));
  expect(kept(ring)).toEqual(["before", "€".repeat(Math.floor(LONGEST / 3))]);
});
