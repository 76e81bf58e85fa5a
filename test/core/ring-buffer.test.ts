import fc from "fast-check";
import { expect, test } from "vitest";
import { RingBuffer } from "../../src/core/ring-buffer.ts";

test("keeps the newest items in order and counts what it dropped", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (items, capacity) => {
      const ring = new RingBuffer<number>(capacity);
      for (const item of items) ring.push(item);
      const kept = items.slice(-capacity);
      expect(ring.toArray()).toEqual(kept);
      expect(kept.map((_, index) => ring.at(index))).toEqual(kept);
      expect(ring.at(kept.length)).toBeUndefined();
      expect(ring.at(-1)).toBeUndefined();
      expect(ring.dropped).toBe(items.length - kept.length);
    }),
  );
});
