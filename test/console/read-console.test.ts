import { expect, test } from "vitest";
import type { DeskFeed, DeskMessage, LogLine } from "../../src/actions/desk-feed.ts";
import { readConsole } from "../../src/console/read-console.ts";
import { SyntheticStack } from "../support/synthetic-stack.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const options = { width: 120, timeoutMs: 1_000 };
const clock = new VirtualClock();

const lineOf = (level: LogLine["level"], message: string): LogLine => ({
  at: clock.now(),
  level,
  service: "api",
  instance: "api",
  message,
  context: "",
});
const logged = (...lines: LogLine[]): DeskMessage => ({
  topic: "logs",
  kind: "lines",
  sequence: 1,
  at: clock.now(),
  lines,
});

test("OC-05 a list that a filter shortens takes the lines it shows and no more", async () => {
  const stack = new SyntheticStack(clock);
  const harmless = Array.from({ length: 150 }, (_, index) => lineOf("info", `harmless ${index}`));
  const feed: DeskFeed = {
    subscribe(listener) {
      listener(logged(...harmless, lineOf("warn", "the only warning")));
      return stack.subscribe(listener);
    },
  };
  const { lines } = await readConsole(feed, clock, { ...options, screen: "overview" });
  expect(lines.filter((line) => line.includes("the only warning"))).toHaveLength(1);
  expect(lines.join("\n")).not.toMatch(/\n\s*\n\s*\n/);
});

test("OC-05 no screen is read before its header knows what it says", async () => {
  const stack = new SyntheticStack(clock);
  let sayTheRest = () => {};
  const feed: DeskFeed = {
    subscribe(listener) {
      listener(logged(lineOf("info", "first")));
      const { promise, resolve } = Promise.withResolvers<void>();
      sayTheRest = resolve;
      void promise.then(() => stack.subscribe(listener));
      return () => {};
    },
  };
  const reading = readConsole(feed, clock, { ...options, screen: "logs" });
  await new Promise((resolve) => setImmediate(resolve));
  sayTheRest();
  expect((await reading).lines[0]).toMatch(/PAPER\s+RUN/);
});
