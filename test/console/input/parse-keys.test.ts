import { describe, expect, test } from "vitest";
import { Keymap } from "../../../src/console/input/commands.ts";
import { parseKeys } from "../../../src/console/input/parse-keys.ts";

describe("OC-04 keys from the configuration", () => {
  test("a key given to a command is its own, and taken from the one that had it", () => {
    const keymap = new Keymap(parseKeys("kill = X, ctrl-k; restart=q"));
    expect(keymap.commandFor("X", "overview")).toBe("kill");
    expect(keymap.commandFor("ctrl-k", "logs")).toBe("kill");
    expect(keymap.commandFor("K", "overview")).toBeUndefined();
    expect(keymap.commandFor("q", "services")).toBe("restart");
    expect(keymap.commandFor("ctrl-c", "services")).toBe("quit");
  });

  test("nothing configured is the table", () => {
    expect(parseKeys("")).toEqual({});
  });

  test.each([
    ["nosuch=x", "COMMAND=KEY"],
    ["kill", "COMMAND=KEY"],
    ["kill=", "one character"],
    ["kill=enormous", "one character"],
    ["kill=x;arm=x", "x for one command only"],
  ])("%s is refused with what is expected", (text, expected) => {
    expect(() => parseKeys(text)).toThrowError(
      expect.objectContaining({
        details: expect.objectContaining({ code: "CONSOLE_KEYS", found: expect.any(String) }),
      }),
    );
    try {
      parseKeys(text);
    } catch (error) {
      expect(String((error as { details: { expected: string } }).details.expected)).toContain(expected);
    }
  });
});
