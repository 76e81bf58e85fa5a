import { expect, test } from "vitest";
import { sleep } from "../../src/core/clock.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

test("sleep ends when the time has passed and not before", async () => {
  const clock = new VirtualClock();
  let awake = false;
  const nap = sleep(clock, 100).then(() => {
    awake = true;
  });
  clock.advance(99);
  await Promise.resolve();
  expect(awake).toBe(false);
  clock.advance(1);
  await nap;
  expect(awake).toBe(true);
});

test("sleep ends at once when its signal aborts", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const nap = sleep(clock, 1_000_000, stop.signal);
  stop.abort();
  await nap;
  await sleep(clock, 1_000_000, stop.signal);
});

test("a jump of the wall clock moves no deadline", () => {
  const clock = new VirtualClock();
  let fired = false;
  clock.after(10, () => {
    fired = true;
  });
  clock.jumpWall(3_600_000);
  expect(fired).toBe(false);
  clock.advance(10);
  expect(fired).toBe(true);
});
