import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Terminal } from "../support/terminal.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "bin", "ttt");
const dist = join(root, "dist");
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "ttt-console-"));
});
afterAll(async () => {
  await ttt("down");
  rmSync(home, { recursive: true, force: true });
});

async function ttt(...args: string[]) {
  const { exitCode, stdout, stderr } = await execa(bin, args, { env: { TTT_HOME: home }, reject: false });
  return { exitCode, stdout, stderr };
}

const openConsole = (args: readonly string[] = [], columns = 100, rows = 30) =>
  new Terminal(bin, args, { columns, rows, env: { TTT_HOME: home } });

describe("ttt alone, before anything runs", () => {
  test("OC-01 in a terminal it is the console, which says how to start the stack", async () => {
    await using terminal = openConsole();
    const lines = await terminal.waitFor("Start it in another terminal");

    expect(lines.join("\n")).toContain("ttt up");
    expect(lines[0]).toContain("not running");
    terminal.type("q");
    expect((await terminal.exited).code).toBe(0);
  });

  test("without a terminal it prints help; as text and as JSON the console ends with 13", async () => {
    expect((await ttt()).stdout).toContain("USAGE");
    const plain = await ttt("console", "--plain");
    expect([plain.exitCode, plain.stdout.includes("the stack is not running")]).toEqual([13, true]);
    const json = JSON.parse((await ttt("console", "--json")).stdout);
    expect(json).toMatchObject({ ok: false, exit: 13, data: { services: { status: "lost", hint: "ttt up" } } });
  });

  test("OM-06 no command loads Ink or React before the console opens", () => {
    const commands = globSync("commands/**/*.js", { cwd: dist });
    expect(commands).toContain("commands/console.js");
    const loaded = staticImports(["run.js", ...commands]);
    const drawing = [...loaded].filter((file) => /yoga|react-reconciler/i.test(readFileSync(join(dist, file), "utf8")));
    expect(drawing).toEqual([]);
  });
});

/** Files of the bundle that are loaded with these, without what they load later. */
function staticImports(entries: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(join(dist, file), "utf8");
    for (const [, path] of text.matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g)) walk(join(dirname(file), path!));
  };
  for (const entry of entries) walk(entry);
  return seen;
}

describe("the console on a real stack", () => {
  test("OC-06 it finds the stack by itself, shows it live, kills, arms, restarts, and leaves it as it was", async () => {
    await using terminal = openConsole();
    await terminal.waitFor("Start it in another terminal");
    const up = await ttt("up");
    expect(up.exitCode, up.stderr).toBe(0);

    await terminal.waitFor((lines) => lines[0]!.startsWith(" PAPER   RUN ") && lines[0]!.includes("up to date"));
    await terminal.waitFor(/worker-1 +ready/);
    await terminal.waitFor(/\d\d:\d\d:\d\d SYN-USD +(BUY|SELL)/);

    // OC-03: one key and a scope, verified with evidence.
    terminal.type("K");
    await terminal.waitFor("▶ global");
    terminal.type("drill");
    await terminal.waitFor('--reason "drill"');
    terminal.press("enter");
    await terminal.waitFor("KILLED, verified: global is at BLOCK");
    await terminal.waitFor((lines) => lines[0]!.includes("BLOCK"));
    expect(JSON.parse((await ttt("kill", "status", "--json")).stdout).data.level).toBe("BLOCK");

    // OC-03: the phrase holds what is at stake.
    terminal.type("5");
    await terminal.waitFor("Levels by scope");
    terminal.type("A");
    const [, phrase] = /Type this to confirm: +(arm global \d+ positions? paper)/.exec(
      (await terminal.waitFor("Type this to confirm")).join("\n"),
    )!;
    terminal.type(phrase!);
    await terminal.waitFor("enter does it");
    terminal.press("enter");
    await terminal.waitFor("global is armed");
    await terminal.waitFor((lines) => lines[0]!.includes(" RUN "));

    terminal.type(":restart api");
    await terminal.waitFor("ttt restart api");
    terminal.press("enter");
    await terminal.waitFor("Type this to confirm:  restart api");
    terminal.type("restart api");
    terminal.press("enter");
    await terminal.waitFor("restart: api is ready");

    terminal.type("3");
    await terminal.waitFor(/worker-1 +\S.*/);
    terminal.type("q");
    expect((await terminal.exited).code).toBe(0);
    expect(terminal.modes).toMatchObject({ alternateScreen: false, cursorVisible: true });
    expect(await ttt("status")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("if this host dies now"),
    });
  });

  test("OC-05 the same as text, with the envelope as JSON", async () => {
    const plain = await ttt("console", "--plain");
    expect(plain.exitCode).toBe(0);
    expect(plain.stdout).toMatch(/^ PAPER {3}RUN /);
    const escapes = [...plain.stdout].filter((character) => character === "\u001b");
    expect(escapes).toEqual([]);
    const json = JSON.parse((await ttt("console", "--json")).stdout);
    expect(json).toMatchObject({ ok: true, data: { trading: { status: "live", value: { environment: "paper" } } } });
  });

  test("OC-06 when the stack goes away the console says so and keeps what it knew", async () => {
    await using terminal = openConsole();
    await terminal.waitFor(/worker-1 +ready/);
    expect((await ttt("down")).exitCode).toBe(0);
    await terminal.waitFor((lines) => lines[0]!.includes("disconnected") && lines[0]!.includes("LEVEL UNKNOWN"));
    await terminal.waitFor("the stack is not running");
    terminal.type("q");
    expect((await terminal.exited).code).toBe(0);
  });
});
