import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { Keymap } from "../../../src/console/input/commands.ts";
import { initialState } from "../../../src/console/state/console-state.ts";
import { ConsoleStore } from "../../../src/console/state/console-store.ts";
import { cellWidth } from "../../../src/console/view/cells.ts";
import { themeFor } from "../../../src/console/view/theme.ts";
import { type SyntheticOptions, SyntheticStack } from "../../support/synthetic-stack.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

function openStore(options: SyntheticOptions = {}) {
  const clock = new VirtualClock();
  const stack = new SyntheticStack(clock, options);
  let left = 0;
  const store = new ConsoleStore({
    feed: stack,
    carryOut: async ({ kind }) => ({ text: `${kind} verified`, mood: "good" }),
    clock,
    keymap: new Keymap(),
    state: initialState(themeFor(1)),
    size: { columns: 100, rows: 30 },
    colourDepth: 1,
    onQuit: () => {
      left += 1;
    },
  });
  let frames = 0;
  store.subscribe(() => {
    frames += 1;
  });
  return {
    store,
    stack,
    clock,
    text: () => store.rows().join("\n"),
    /** Frames that the time brings. */
    framesIn(ms: number) {
      frames = 0;
      clock.advance(ms);
      return frames;
    },
    left: () => left,
  };
}

const key = (name: string) => ({ name, text: name.length === 1 ? name : "" });

describe("the console's store", () => {
  test("OC-02 draws nothing while nothing changes, although the stack gives signs of life", () => {
    const { store, framesIn } = openStore();
    store.open();
    framesIn(1_000);
    expect(framesIn(10_000)).toBe(0);
  });

  test("OC-02 draws at most ten frames a second however much comes in", () => {
    const { store, framesIn } = openStore({ linesPerSecond: 2_000, moving: true });
    store.open();
    store.press(key("3"));
    framesIn(1_000);
    const frames = framesIn(10_000);
    expect(frames).toBeGreaterThan(50);
    expect(frames).toBeLessThanOrEqual(101);
  });

  test("a change of state shows within a tenth of a second", () => {
    const { store, stack, clock, text } = openStore();
    store.open();
    clock.advance(1_234);
    stack.setState("worker-1", "hung", "no beat for 2.0 s", "ttt restart worker-1");
    clock.advance(100);
    expect(text()).toContain("worker-1 is hung: no beat for 2.0 s");
    expect(text()).toContain("ttt restart worker-1");
  });

  test("OC-06 shows how old its data is when the source goes silent, and heals", () => {
    const { store, stack, clock, text } = openStore();
    store.open();
    clock.advance(2_000);
    stack.lose("the supervisor does not answer", "ttt up");
    clock.advance(1_000);
    expect(text()).toContain("disconnected");
    expect(text()).toContain("ttt up");
  });

  test("OC-03 what was asked for is said while it goes on and when it is done", async () => {
    const { store, clock, text } = openStore();
    store.open();
    store.press(key("K"));
    store.press(key("enter"));
    expect(text()).toContain("kill global …");
    await Promise.resolve();
    expect(text()).toContain("kill verified");
    clock.advance(6_000);
    expect(text()).not.toContain("kill verified");
  });

  test("OC-03 text that arrives in one piece cannot open a prompt and confirm it", () => {
    const { store, text } = openStore();
    store.open();
    store.press(key("K"), key("enter"));
    expect(text()).toContain("KILL: which scope?");
    store.press(key("x"), key("enter"));
    expect(text()).toContain("kill global …");
  });

  test("leaving is asked for once and nothing moves after the close", () => {
    const { store, framesIn, left } = openStore({ moving: true });
    store.open();
    store.press(key("q"));
    expect(left()).toBe(1);
    store.close();
    expect(framesIn(5_000)).toBe(0);
  });

  test("OC-05 fills every size exactly, with every screen and prompt, and says so when it is too small", () => {
    const { store, stack, clock } = openStore();
    store.open();
    stack.setState(
      "worker-1",
      "quarantined",
      "five crashes in 30 s, the last with exit 1",
      "ttt logs worker-1 --since 5m",
    );
    clock.advance(100);
    for (const [columns, rows] of SIZES) {
      store.resize({ columns, rows });
      for (const keys of ["1", "2", "2 enter", "3", "4", "5", "6", "?", ":", "K", "5 A", "2 r", "/"]) {
        for (const name of keys.split(" ")) store.press(key(name));
        expect(store.rows(), `${keys} at ${columns}x${rows}`).toHaveLength(rows);
        for (const row of store.rows()) expect(cellWidth(stripVTControlCharacters(row))).toBeLessThanOrEqual(columns);
        store.press(key("escape"));
      }
    }
    expect(store.rows().join("\n")).toContain("Too small");
  });
});

const SIZES = [
  [80, 24],
  [200, 60],
  [132, 43],
  [41, 11],
  [20, 5],
] as const;
