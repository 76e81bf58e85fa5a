import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import { Lifecycle } from "../../src/runtime/lifecycle.ts";

/** A clock whose timers ring when the test says so. */
function manualClock(): Clock & { ring(): void } {
  const waiting = new Set<() => void>();
  return {
    now: () => 0,
    monotonic: () => 0,
    after(_delayMs, callback) {
      waiting.add(callback);
      return () => waiting.delete(callback);
    },
    ring() {
      for (const callback of [...waiting]) callback();
    },
  };
}

describe("lifecycle", () => {
  test("closes in reverse order, once", async () => {
    const order: string[] = [];
    const lifecycle = new Lifecycle(manualClock());
    for (const name of ["pool", "server", "feed"]) await lifecycle.open(name, { close: () => void order.push(name) });
    await Promise.all([lifecycle.close(), lifecycle.close()]);
    expect(order).toEqual(["feed", "server", "pool"]);
  });

  test("what throws or hangs is named and holds up nobody", async () => {
    const clock = manualClock();
    const lifecycle = new Lifecycle(clock);
    const closed: string[] = [];
    await lifecycle.open("pool", { close: () => void closed.push("pool") });
    let hangs = () => {};
    const reached = new Promise<void>((resolve) => {
      hangs = resolve;
    });
    await lifecycle.open("hanging", {
      close() {
        hangs();
        return new Promise<void>(() => {});
      },
    });
    await lifecycle.open("broken", {
      close() {
        throw new Error("no");
      },
    });
    const closing = lifecycle.close();
    await reached;
    clock.ring();
    const report = await closing;
    expect(closed).toEqual(["pool"]);
    expect(report.failed).toEqual([
      { name: "broken", reason: "no" },
      { name: "hanging", reason: "did not close within 3000 ms" },
    ]);
  });

  test("what opens after the end has begun is closed at once", async () => {
    const lifecycle = new Lifecycle(manualClock());
    await lifecycle.close();
    const closed: string[] = [];
    await expect(lifecycle.open("late", { close: () => void closed.push("late") })).rejects.toThrow("late was opened");
    expect(closed).toEqual(["late"]);
  });
});
