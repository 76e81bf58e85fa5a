import { describe, expect, test } from "vitest";
import { COMMAND_NAMES, COMMANDS, Keymap, worksOn } from "../../../src/console/input/commands.ts";
import { fuzzyMatch } from "../../../src/console/input/fuzzy.ts";
import { searchPalette } from "../../../src/console/input/palette.ts";
import { TABS } from "../../../src/console/state/console-state.ts";
import { applyMessage, type StackView, UNSEEN } from "../../../src/console/state/stack-view.ts";
import { SyntheticStack } from "../../support/synthetic-stack.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

function stackView(): StackView {
  let view = UNSEEN;
  new SyntheticStack(new VirtualClock()).subscribe((message) => {
    view = applyMessage(view, message);
  })();
  return view;
}

describe("fuzzy search", () => {
  test("finds letters in their order, whatever their case", () => {
    expect(fuzzyMatch("rw1", "Restart worker-1")?.places).toEqual([0, 8, 15]);
    expect(fuzzyMatch("xyz", "Restart")).toBeUndefined();
    expect(fuzzyMatch("", "anything")).toEqual({ score: 0, places: [] });
  });

  test("prefers the starts of words and runs of letters", () => {
    const score = (query: string, text: string) => fuzzyMatch(query, text)?.score ?? 0;
    expect(score("lo", "Logs")).toBeGreaterThan(score("lo", "Follow"));
    expect(score("kill", "Kill switch")).toBeGreaterThan(score("kill", "Key in long list"));
  });
});

describe("the palette", () => {
  test("OC-04 shows the command line that does the same", () => {
    const [best] = searchPalette("restart worker-2", stackView());
    expect(best).toMatchObject({ command: "restart", target: "worker-2", cli: "ttt restart worker-2" });
  });

  test("finds a command by its command line too", () => {
    expect(searchPalette("ttt kill status", stackView())[0]).toMatchObject({ command: "risk" });
  });

  test("offers a kill for every scope that is known", () => {
    const scopes = searchPalette("Kill stop trading", stackView()).map(({ target }) => target);
    expect(scopes).toContain("global");
    expect(scopes).toContain("venue:paper");
    expect(scopes).toContain("strategy:sma-cross");
  });
});

describe("the keymap", () => {
  test("OC-04 no key stands for two commands on one screen", () => {
    for (const screen of [...TABS, "service"] as const) {
      const keys = COMMAND_NAMES.filter((name) => worksOn(name, screen)).flatMap((name) => COMMANDS[name].keys);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test("OC-04 a key can be given to another command and is taken from the one that had it", () => {
    const keymap = new Keymap({ help: ["q"], quit: ["Q"] });
    expect(keymap.commandFor("q", "overview")).toBe("help");
    expect(keymap.commandFor("Q", "overview")).toBe("quit");
    expect(keymap.commandFor("?", "overview")).toBeUndefined();
  });

  test("OC-03 every command that changes something has a command line of its own", () => {
    for (const name of COMMAND_NAMES.filter((one) => COMMANDS[one].mutates)) expect(COMMANDS[name].cli).toBeDefined();
  });
});
