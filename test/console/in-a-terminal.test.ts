import { execFileSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../support/bundle.ts";
import { Terminal, type TerminalOptions } from "../support/terminal.ts";
import { until } from "../support/until.ts";

let script: string;
beforeAll(async () => {
  script = await bundle("test/support/console-on-synthetic-stack.ts");
});

const open = (options: object = {}, terminal: TerminalOptions = {}) =>
  new Terminal(process.execPath, [script, JSON.stringify(options)], terminal);

const RESTORED = { alternateScreen: false, cursorVisible: true, bracketedPaste: false, mouse: false };

describe("the console in a terminal", () => {
  test("OC-01 opens on the overview in the alternate screen", async () => {
    await using terminal = open();
    const lines = await terminal.waitFor("worker-1");

    expect(terminal.modes).toMatchObject({ alternateScreen: true, cursorVisible: false });
    expect(lines[0]).toMatch(/^ PAPER {2,}RUN .*up to date/);
    expect(lines.at(-1)).toContain("K KILL");
    expect(lines.join("\n")).toMatch(/Positions[\s\S]*BTC-USD[\s\S]*Last fills/);
  });

  test.each([
    ["q", (terminal: Terminal) => terminal.type("q")],
    ["Ctrl-C", (terminal: Terminal) => terminal.press("ctrl-c")],
  ])("OC-05 %s leaves and puts the terminal back", async (_key, leave) => {
    await using terminal = open();
    await terminal.waitFor("worker-1");
    leave(terminal);

    expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
    expect(terminal.modes).toEqual(RESTORED);
    expect(terminal.text()).toContain("left the console");
    expect(terminal.text()).not.toContain("worker-1");
  });

  test("OC-05 SIGTERM puts the terminal back", async () => {
    await using terminal = open();
    await terminal.waitFor("worker-1");
    terminal.kill("SIGTERM");

    expect((await terminal.exited).signal).toBe(15);
    expect(terminal.modes).toEqual(RESTORED);
  });

  test("OC-05 a throw puts the terminal back and shows the defect", async () => {
    await using terminal = open();
    await terminal.waitFor("worker-1");
    terminal.kill("SIGUSR2");

    expect((await terminal.exited).code).not.toBe(0);
    expect(terminal.modes).toEqual(RESTORED);
    expect(terminal.text()).toContain("a defect in a listener");
  });

  test.each([
    ["q", (terminal: Terminal) => terminal.type("q")],
    ["SIGTERM", (terminal: Terminal) => process.kill(childOf(terminal.pid), "SIGTERM")],
    ["a throw", (terminal: Terminal) => process.kill(childOf(terminal.pid), "SIGUSR2")],
  ])("OC-05 after %s the shell gets back a terminal in which it can read lines", async (_end, leave) => {
    const console = `'${process.execPath}' '${script}'`;
    await using terminal = new Terminal("sh", [
      "-c",
      `${console}; stty -a | tr ' ' '\\n' | grep -xE -- '-?(echo|icanon|isig);?'`,
    ]);
    await terminal.waitFor("worker-1");
    leave(terminal);

    await terminal.exited;
    expect(terminal.lines().filter((line) => /^-?(echo|icanon|isig)/.test(line))).toEqual(["isig", "icanon", "echo"]);
    expect(terminal.modes).toEqual(RESTORED);
  });

  test("OC-02 writes not one byte while nothing changes", async () => {
    await using terminal = open();
    await terminal.waitFor("up to date");
    await terminal.waitFor("K KILL");
    terminal.press("down");
    await silence(terminal);
  });

  test("OC-05 live money is told by words at both ends and by the colour of the whole bar", async () => {
    await using terminal = open({ environment: "live" });
    const [bar] = await terminal.waitFor("worker-1");

    expect(bar).toMatch(/^ ▌LIVE MONEY▐ .*read-only.*▌LIVE▐ $/);
    expect(new Set(terminal.cells(0).map(({ background }) => background))).toContain(160);
    expect(terminal.cells(0)[0]?.background).toBe(160);
    expect(terminal.cells(0).at(-2)?.background).toBe(160);
  });

  test("OC-05 NO_COLOR shows no colour, and live is still unmistakable", async () => {
    await using terminal = open({ environment: "live" }, { env: { NO_COLOR: "1" } });
    await terminal.waitFor("▌LIVE MONEY▐");
    await terminal.waitFor("worker-1");

    const cells = terminal.lines().flatMap((_, row) => terminal.cells(row));
    expect(cells.filter(({ foreground, background }) => foreground !== undefined || background !== undefined)).toEqual(
      [],
    );
    expect(terminal.cells(0)[5]).toMatchObject({ inverse: true, bold: true });
  });

  test("OC-05 follows the terminal's size in both directions", async () => {
    await using terminal = open();
    await terminal.waitFor("Last fills");
    terminal.resize(200, 60);
    await terminal.waitFor(
      (lines) => lines[59]!.includes("K KILL") && lines.join("\n").includes("Warnings and errors"),
    );
    terminal.resize(46, 14);
    const lines = await terminal.waitFor((rows) => rows[13]!.includes("K KILL") && rows[2]!.startsWith("─ Services"));
    expect(lines.filter((line) => line.includes("K KILL"))).toHaveLength(1);
    terminal.resize(80, 24);
    await terminal.waitFor((rows) => rows[23]!.includes("K KILL") && rows[0]!.startsWith(" PAPER"));
  });

  test("OC-03 K and a confirmed scope kill, and the level shows at once", async () => {
    await using terminal = open({ environment: "live" });
    await terminal.waitFor("worker-1");
    terminal.type("K");
    await terminal.waitFor("which scope?");
    await terminal.waitFor("▶ global");
    terminal.press("enter");
    await terminal.waitFor("killed global: 2 workers acknowledged");
    await terminal.waitFor((lines) => lines[0]!.includes("BLOCK"));
  });

  test("OC-04 the palette finds a service by a few letters and shows its logs", async () => {
    await using terminal = open();
    await terminal.waitFor("worker-1");
    terminal.type(":logsback");
    await terminal.waitFor(/Logs of backtester-1 +ttt logs backtester-1 -f/);
    terminal.press("enter");
    await terminal.waitFor("─ Logs of backtester-1 ─");
  });

  test("a flood of log lines keeps the newest on the screen and the keys answering", async () => {
    await using terminal = open({ linesPerSecond: 2_000 }, { columns: 120, rows: 40 });
    await terminal.waitFor("worker-1");
    terminal.type("3");
    await terminal.waitFor(/seq=([2-9]\d{3}|\d{5,})\b/);
    terminal.press("up");
    await terminal.waitFor(/held, \d+ newer lines: f follows/);
    terminal.type("f");
    await terminal.waitFor("following");
    terminal.type("q");
    expect((await terminal.exited).code).toBe(0);
  });

  test("a log line cannot act on the terminal", async () => {
    await using terminal = open({ hostile: true });
    await terminal.waitFor("worker-1");
    terminal.type("3");
    const lines = await terminal.waitFor("harmless");
    expect(lines.join("\n")).toContain("before after harmless");
    expect(lines[0]).toContain("PAPER");
  });
});

/** The console that a shell runs in its foreground. */
const childOf = (shell: number) => Number(execFileSync("pgrep", ["-P", String(shell)], { encoding: "utf8" }));

/** Many times as long as anything that the console does by the clock. */
const SILENCE_MS = 2_500;

/** Resolves once it has written nothing for so long. What comes once may come late; what comes again and again never ends. */
async function silence(terminal: Terminal): Promise<void> {
  let [bytes, since] = [terminal.bytesWritten, performance.now()];
  await until("silence", () => {
    if (terminal.bytesWritten !== bytes) [bytes, since] = [terminal.bytesWritten, performance.now()];
    return performance.now() - since > SILENCE_MS;
  });
}
