import { beforeEach, describe, expect, test } from "vitest";
import { Keymap } from "../../../src/console/input/commands.ts";
import { SCREENS } from "../../../src/console/screens/screens.ts";
import { type ConsoleState, type Effect, initialState } from "../../../src/console/state/console-state.ts";
import { LogStore } from "../../../src/console/state/log-store.ts";
import { paste, pressKey } from "../../../src/console/state/press-key.ts";
import { UNLOCK_MS } from "../../../src/console/state/safety.ts";
import { applyMessage, type StackView, UNSEEN } from "../../../src/console/state/stack-view.ts";
import { themeFor } from "../../../src/console/view/theme.ts";
import { type SyntheticOptions, SyntheticStack } from "../../support/synthetic-stack.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** A person at the keyboard of a console whose stack is only a view. */
class Keyboard {
  state: ConsoleState = initialState(themeFor(24));
  view: StackView = UNSEEN;
  effects: Effect[] = [];
  readonly logs = new LogStore();
  readonly clock = new VirtualClock();
  readonly #keymap = new Keymap();

  constructor(options: SyntheticOptions = {}) {
    new SyntheticStack(this.clock, options).subscribe((message) => {
      this.view = applyMessage(this.view, message);
      if (message.kind === "lines") this.logs.push(message.lines, message.at);
    })();
  }

  /** Presses named keys and types single characters. */
  press(...keys: readonly string[]): this {
    for (const name of keys) {
      const { state, effect } = pressKey(this.state, { name, text: name.length === 1 ? name : "" }, this.#keymap, {
        view: this.view,
        logs: this.logs,
        idsOf: (screen) =>
          SCREENS[screen].ids({
            state: this.state,
            view: this.view,
            logs: this.logs,
            keymap: this.#keymap,
            now: this.clock.now(),
          }),
        pageRows: 10,
        now: this.clock.now(),
        colourDepth: 24,
      });
      this.state = state;
      if (effect) this.effects.push(effect);
    }
    return this;
  }

  type(text: string): this {
    return this.press(...text);
  }
}

describe("moving about", () => {
  test("numbers and tab choose the screen, escape leads back", () => {
    const keyboard = new Keyboard().press("2");
    expect(keyboard.state.screen).toBe("services");
    expect(keyboard.press("enter").state.screen).toBe("service");
    expect(keyboard.press("l").state).toMatchObject({ screen: "logs", logSource: "postgres" });
    expect(keyboard.press("escape").state.screen).toBe("service");
    expect(keyboard.press("tab").state.screen).toBe("logs");
    expect(keyboard.press("shift-tab", "shift-tab").state.screen).toBe("overview");
  });

  test("OC-03 the cursor stays on its row when rows come and go", () => {
    const keyboard = new Keyboard().press("2", "down", "down", "down");
    expect(keyboard.state.selected.services).toBe("worker-1");
    keyboard.view = {
      ...keyboard.view,
      services: { ...keyboard.view.services, value: keyboard.view.services.value.slice(2) },
    };
    keyboard.press("r");
    expect(keyboard.state.prompt).toMatchObject({ kind: "confirm", intent: { kind: "restart", instance: "worker-1" } });
  });

  test("a filter works while it is typed, enter keeps it, escape takes it back", () => {
    const keyboard = new Keyboard().press("2", "/").type("work");
    expect(keyboard.state.filters.services).toBe("work");
    expect(keyboard.press("escape").state.filters.services).toBe("");
    keyboard.press("/").type("api").press("enter");
    expect(keyboard.state).toMatchObject({ filters: { services: "api" } });
    expect(keyboard.state.prompt).toBeUndefined();
    expect(keyboard.press("escape").state.filters.services).toBe("");
  });

  test("the log is held by scrolling up and followed again at its end", () => {
    const keyboard = new Keyboard().press("3");
    const newest = keyboard.logs.total - 1;
    expect(keyboard.press("up").state.logEnd).toBe(newest - 1);
    expect(keyboard.press("home").state.logEnd).toBe(0);
    expect(keyboard.press("f").state.logEnd).toBeUndefined();
    expect(keyboard.press("up", "down").state.logEnd).toBeUndefined();
  });

  test("the palette runs what is under its cursor", () => {
    const keyboard = new Keyboard().press(":").type("backtests").press("enter");
    expect(keyboard.state.screen).toBe("backtests");
  });

  test("q and Ctrl-C leave, Ctrl-C from within a prompt too", () => {
    expect(new Keyboard().press("q").effects).toEqual([{ kind: "quit" }]);
    expect(new Keyboard().press(":", "q", "ctrl-c").effects).toEqual([{ kind: "quit" }]);
  });
});

describe("the kill key", () => {
  test("OC-03 K and enter kill the global scope", () => {
    const { effects } = new Keyboard().press("K", "enter");
    expect(effects).toEqual([{ kind: "kill", scope: "global", reach: "block", reason: "kill key in the console" }]);
  });

  test("OC-03 K alone does nothing, and escape leaves it so", () => {
    expect(new Keyboard().press("K", "escape").effects).toEqual([]);
  });

  test("a narrower scope is chosen with the arrows, and a reason can be typed", () => {
    const { effects } = new Keyboard().press("K", "down").type("fat finger").press("enter");
    expect(effects).toEqual([{ kind: "kill", scope: "venue:paper", reach: "block", reason: "fat finger" }]);
  });

  test("tab takes it further: withdraw orders, close positions", () => {
    const keyboard = new Keyboard().press("K", "tab");
    expect(keyboard.state.prompt).toMatchObject({ reach: "cancel" });
    expect(keyboard.press("tab", "enter").effects).toMatchObject([{ kind: "kill", reach: "flatten" }]);
  });

  test("OC-03 works in a live environment that is locked, and when nothing is known of the stack", () => {
    expect(new Keyboard({ environment: "live" }).press("K", "enter").effects).toHaveLength(1);
    const blind = new Keyboard();
    blind.view = UNSEEN;
    expect(blind.press("K", "enter").effects).toMatchObject([{ kind: "kill", scope: "global" }]);
  });
});

describe("changes", () => {
  let live: Keyboard;
  beforeEach(() => {
    live = new Keyboard({ environment: "live" });
  });

  test("OC-03 a live environment starts read-only", () => {
    live.press("2", "r");
    expect(live.state.prompt).toBeUndefined();
    expect(live.state.notice?.text).toContain("read-only");
    expect(live.press("5", "A").state.prompt).toBeUndefined();
  });

  test("OC-03 paper and an exchange's sandbox are open for changes from the start", () => {
    for (const environment of ["paper", "sandbox"] as const) {
      expect(new Keyboard({ environment }).press("2", "r").state.prompt?.kind, environment).toBe("confirm");
    }
  });

  test("OC-03 a stack whose environment is unknown is treated as live", () => {
    const blind = new Keyboard();
    blind.view = { ...blind.view, trading: { ...blind.view.trading, value: undefined } };
    expect(blind.press("2", "r").state.prompt).toBeUndefined();
  });

  test("OC-03 an unlock asks for its phrase and ends by itself", () => {
    live.press("u").type("unlock live").press("enter", "2", "r");
    expect(live.state.prompt?.kind).toBe("confirm");
    live.press("escape");
    live.clock.advance(UNLOCK_MS);
    expect(live.press("r").state.prompt).toBeUndefined();
  });

  test("OC-03 a phrase begun before the unlock ended does nothing after", () => {
    live.press("u").type("unlock live").press("enter", "2", "down", "down", "r").type("restart api");
    live.clock.advance(UNLOCK_MS);
    expect(live.press("enter").effects).toEqual([]);
    expect(live.state.notice?.text).toContain("read-only");
  });

  test("OC-03 no single key changes anything", () => {
    for (const key of ["r", "s", "S"]) expect(new Keyboard().press("2", key).effects).toEqual([]);
    expect(new Keyboard().press("5", "A").effects).toEqual([]);
  });

  test("OC-03 the phrase of what touches trading holds the count and the venue, and must be exact", () => {
    const keyboard = new Keyboard().press("2", "down", "down", "down", "r").type("restart worker-1").press("enter");
    expect(keyboard.effects).toEqual([]);
    keyboard.type("restart worker-1 2 orders paper").press("enter");
    expect(keyboard.effects).toEqual([{ kind: "restart", instance: "worker-1" }]);
  });

  test("OC-03 a phrase typed for what was there before does not match any more", () => {
    const keyboard = new Keyboard().press("5", "A").type("arm global 3 positions paper");
    const trading = keyboard.view.trading.value!;
    keyboard.view = {
      ...keyboard.view,
      trading: { ...keyboard.view.trading, value: { ...trading, positions: trading.positions.slice(1) } },
    };
    expect(keyboard.press("enter").effects).toEqual([]);
    expect(keyboard.type("arm global 2 positions paper").press("enter").effects).toHaveLength(1);
  });

  test("a paste is text where text is asked for, and nothing anywhere else", () => {
    const keyboard = new Keyboard();
    expect(paste(keyboard.state, "K\rq")).toBe(keyboard.state);
    keyboard.press("/");
    expect(paste(keyboard.state, "wor\rK").prompt).toMatchObject({ kind: "filter", text: "wor" });
  });
});
