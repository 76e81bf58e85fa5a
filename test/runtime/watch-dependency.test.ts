import { expect, test } from "vitest";
import { watchDependency } from "../../src/runtime/watch-dependency.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

async function play(ask: () => Promise<unknown>) {
  const clock = new VirtualClock();
  const told: (string | undefined)[] = [];
  const watch = watchDependency(clock, ask, (trouble) => told.push(trouble));
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      // Promises settle between two moments of the clock.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  await pass(100);
  return { told, pass, watch };
}

test("OP-04 one lost answer is nothing, two are an outage with its reason, and the next good one ends it", async () => {
  let down = 0;
  const { told, pass, watch } = await play(async () => {
    if (down-- > 0) throw new Error("connection refused");
  });
  down = 1;
  await pass(3_000);
  expect(new Set(told)).toEqual(new Set([undefined]));
  down = 3;
  await pass(3_000);
  expect(told.at(-1)).toBe("connection refused");
  await pass(2_000);
  expect(told.at(-1)).toBeUndefined();
  watch.close();
});

test("OP-04 a server that stands still is asked once, and known within seven seconds", async () => {
  let asked = 0;
  const { told, pass, watch } = await play(() => {
    asked += 1;
    return new Promise(() => {});
  });
  await pass(7_000);
  expect(told.at(-1)).toBe("no answer within 2 s");
  expect(asked).toBe(1);
  watch.close();
});
