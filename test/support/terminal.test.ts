import { describe, expect, test } from "vitest";
import { Terminal } from "./terminal.ts";

/** Runs a JavaScript text on this Node in a terminal. */
const runScript = (script: string, size = {}) => new Terminal(process.execPath, ["-e", script], size);

describe("the terminal that tests look through", () => {
  test("shows what a command wrote and tells how it ended", async () => {
    await using terminal = runScript(`process.stdout.write("one\\n\\x1b[1;31mtwo\\x1b[0m\\n"); process.exitCode = 7`);

    expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
    expect(terminal.lines().slice(0, 3)).toEqual(["one", "two", ""]);
    expect(terminal.cellsOf("two")[0]).toMatchObject({ text: "t", foreground: 1, bold: true });
  });

  test("waits for a text, sends keys and sees the new size", async () => {
    await using terminal = runScript(`
      const size = () => console.log("size " + process.stdout.columns + "x" + process.stdout.rows);
      process.stdin.setRawMode(true);
      process.stdin.on("data", (key) => { console.log("key " + JSON.stringify(String(key))); if (key[0] === 3) process.exit(0); });
      process.stdout.on("resize", size);
      size();
    `);

    await terminal.waitFor("size 80x24");
    terminal.press("up");
    await terminal.waitFor('key "\\u001b[A"');
    terminal.resize(120, 30);
    await terminal.waitFor("size 120x30");
    terminal.press("ctrl-c");
    expect((await terminal.exited).code).toBe(0);
  });

  test("tells the alternate screen and a hidden cursor apart from a restored terminal", async () => {
    await using terminal = runScript(`
      process.stdin.setRawMode(true);
      process.stdout.write("\\x1b[?1049h\\x1b[?25lhello");
      process.stdin.once("data", () => { process.stdout.write("\\x1b[?1049l\\x1b[?25h"); process.exit(0); });
    `);

    await terminal.waitFor("hello");
    expect(terminal.modes).toMatchObject({ alternateScreen: true, cursorVisible: false });
    terminal.type("x");
    await terminal.exited;
    expect(terminal.modes).toEqual({
      alternateScreen: false,
      cursorVisible: true,
      bracketedPaste: false,
      mouse: false,
    });
  });

  test("says what it waited for and shows the screen when the command ends before", async () => {
    await using terminal = runScript(`console.log("something else")`);

    await expect(terminal.waitFor("never")).rejects.toThrow(/waited for never: ended with 0[\s\S]*something else/);
  });
});
