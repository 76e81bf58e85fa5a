import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, execaSync } from "execa";
import { afterAll, describe, expect, test } from "vitest";
import type { CatalogueEntry } from "../../src/cli/catalogue.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";
import { outputInTerminal } from "../support/pty-output.ts";

const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "bin", "ttt");
const home = mkdtempSync(join(tmpdir(), "ttt-commands-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const env = { TTT_HOME: home, NO_COLOR: undefined, FORCE_COLOR: undefined };

const run = (...args: string[]) => execa(bin, args, { env, reject: false, stripFinalNewline: false });
const catalogue: CatalogueEntry[] = JSON.parse(execaSync(bin, ["commands", "--json"], { env }).stdout).data;

describe("OM-04 the catalogue", () => {
  test.each(catalogue)("OM-04 ttt $command says what it does, with examples that it understands", (entry) => {
    const { command, summary, description, effect, flags, args, examples } = entry;
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
    expect(description.length).toBeGreaterThan(30);
    expect(["read", "mutate", "dangerous"]).toContain(effect);
    expect(flags.map(({ name }) => name)).toContain("json");
    for (const { name, description: about } of [...flags, ...args]) expect(about, name).not.toBe("");
    expect(examples.length).toBeGreaterThan(0);
    const names = flags.flatMap(({ name, negatable }) => (negatable ? [name, `no-${name}`] : [name]));
    for (const example of examples) {
      // The console is also what `ttt` alone opens.
      expect(example).toMatch(new RegExp(command === "console" ? "^ttt" : `\\bttt ${command}(\\s|$|\\))`));
      for (const [, used] of example.matchAll(/\s--([a-z][a-z-]*)/g)) expect(names).toContain(used);
    }
  });

  test("OM-04 what touches trading is dangerous", () => {
    const dangerous = catalogue.filter(({ effect }) => effect === "dangerous").map(({ command }) => command);
    expect(dangerous).toEqual(expect.arrayContaining(["arm", "kill"]));
  });

  /** Commands that change something and cannot be rehearsed by a flag, and why that is right. */
  const NOT_REHEARSED: Readonly<Record<string, string>> = {
    arm: "it is refused unless the epoch it was read at still holds; ttt kill status shows what it would lift",
    demo: "it rehearses everything by itself, in a folder of its own",
    kill: "a kill must never be mistaken for a rehearsal: ttt kill drill rehearses it",
    "kill drill": "it is the rehearsal",
    "risk override": "it names one denied order, which ttt risk explain shows before",
    "runbook resume": "ttt runbook status shows the step it goes on with",
    "data import": "ttt data check reads the same file with the same checks and stores nothing",
    "data fetch": "it stores a new dataset, and ttt data remove takes it away",
    "data generate": "it stores a new dataset, and ttt data remove takes it away",
    "data resample": "it stores a new dataset, and ttt data remove takes it away",
    "incident open": "in an emergency nobody rehearses; ttt incident resolve ends it",
    "incident reopen": "ttt incident resolve undoes it",
    "incident resolve": "ttt incident reopen undoes it",
    "incident ack": "it adds who saw it, and takes nothing away",
    "incident assign": "the next assignment takes its place",
    "incident grade": "the next grade takes its place",
    "incident mitigate": "it adds to the timeline what was done elsewhere, and does nothing itself",
    "incident note": "it adds to the timeline, and takes nothing away",
    "incident notify": "ttt incident contacts shows who would get it",
  };

  test("OM-03 everything takes --no-input, and what changes something --dry-run, or says why not", () => {
    for (const { command, effect, flags } of catalogue) {
      const input = flags.find(({ name }) => name === "input");
      expect(input?.negatable, command).toBe(true);
      const rehearsed = flags.some(({ name }) => name === "dry-run");
      if (effect === "read" || rehearsed) continue;
      expect(Object.keys(NOT_REHEARSED), `${command} has no --dry-run`).toContain(command);
    }
    expect(catalogue.find(({ command }) => command === "data remove")!.flags.map(({ name }) => name)).toContain(
      "dry-run",
    );
  });

  test("OM-05 no flag takes a secret", () => {
    const secret = /token|password|secret|credential|passphrase|api-?key/i;
    const flags = catalogue.flatMap(({ command, flags: all }) => all.map(({ name }) => `${command} --${name}`));
    // A file that holds one is where it should be.
    expect(flags.filter((flag) => secret.test(flag.split("--")[1]!) && !flag.endsWith("-file"))).toEqual([]);
  });

  test("OM-05 a file with a secret that others may read is warned of, by name and never by content", async () => {
    const own = mkdtempSync(join(tmpdir(), "ttt-mode-"));
    const file = join(own, "ttt.yaml");
    writeFileSync(file, "api:\n  token: a-secret-of-this-test\n", { mode: 0o644 });
    const plan = () => execa(bin, ["up", "--dry-run"], { env: { ...env, TTT_HOME: own } });
    const warned = await plan();
    expect(warned.stderr).toContain(`warning: ${file}: others than its owner may read or change it (mode 0644)`);
    expect(warned.stderr).toContain(`chmod 600 ${file}`);
    expect(warned.stderr + warned.stdout).not.toContain("a-secret-of-this-test");
    chmodSync(file, 0o600);
    expect((await plan()).stderr).toBe("");
    rmSync(own, { recursive: true });
  });

  test("OM-04 docs/commands.md is what the commands say, and lists every exit code", async () => {
    const { stdout } = await run("commands", "--markdown");
    expect(`${stdout.trimEnd()}\n`).toBe(readFileSync(join(root, "docs", "commands.md"), "utf8"));
    for (const [name, { code }] of Object.entries(EXIT_CODES)) expect(stdout).toContain(`\n| ${code} | ${name} | `);
  });
});

describe("OM-01 the envelope", () => {
  test.each(catalogue)(
    "OM-01 ttt $command --json answers a wrong command line with one envelope, byte for byte the same in a terminal",
    async ({ command }) => {
      const words = [...command.split(" "), "--json", "--no-such-flag"];
      const piped = await run(...words);
      expect(piped.stderr).toBe("");
      expect(JSON.parse(piped.stdout)).toMatchObject({
        ok: false,
        command,
        exit: 2,
        error: { code: "USAGE", message: expect.any(String), retryable: false },
      });
      expect(piped.exitCode).toBe(2);
      expect(await outputInTerminal(bin, words, env)).toEqual({ exitCode: 2, output: piped.stdout });
    },
  );

  /** What a bare state directory can answer: data, or the one error that says what is missing. */
  const answered = [
    "logs nosuch",
    "trace 0123456789abcdef0123456789abcdef",
    "up --dry-run",
    "down --dry-run",
    "stop worker",
    "db migrate --dry-run",
    "explain exit",
    "explain exit 999",
  ];
  /** It says what the machine does at the moment: no two answers are the same. */
  const NEVER_TWICE = ["doctor"];
  /** It says when each thing was heard of. */
  const TIMED = ["console"];
  const readable = [
    ...answered,
    ...catalogue.flatMap(({ command, effect, args }) =>
      effect === "read" && args.every(({ required }) => !required) && !NEVER_TWICE.includes(command) ? [command] : [],
    ),
  ];
  test.each(readable)("OM-01 ttt %s --json is the same with and without a terminal", async (line) => {
    const words = [...line.split(" "), "--json"];
    const piped = await run(...words);
    const envelope = JSON.parse(piped.stdout);
    expect(envelope).toMatchObject({ ok: piped.exitCode === 0, exit: piped.exitCode });
    expect(Object.values(EXIT_CODES).map(({ code }) => code)).toContain(piped.exitCode);
    expect(piped.exitCode).not.toBe(EXIT_CODES.bug.code);
    expect(piped.stdout).toBe(`${JSON.stringify(envelope, null, 2)}\n`);
    const inTerminal = await outputInTerminal(bin, words, env);
    const same = (text: string) => (TIMED.includes(line) ? text.replaceAll(/"heardAt": \d+/g, "") : text);
    expect({ ...inTerminal, output: same(inTerminal.output) }).toEqual({
      exitCode: piped.exitCode,
      output: same(piped.stdout),
    });
  });

  test("OM-03 where somebody would have to be asked, --no-input names the flag that answers instead", async () => {
    const { exitCode, output } = await outputInTerminal(bin, ["runbook", "run", "startup", "--no-input"], env);
    expect({ exitCode, output }).toMatchObject({ exitCode: 2, output: expect.stringContaining("add --yes") });
  });

  test("OM-01 a reader that leaves early is no error", async () => {
    const { exitCode, stderr } = await execa("bash", ["-c", `set -o pipefail; "${bin}" commands --json | head -1`], {
      env,
      reject: false,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });
});

describe("OM-04 completion", () => {
  const has = (shell: string) => execaSync("sh", ["-c", `command -v ${shell}`], { reject: false }).exitCode === 0;
  const lines: [string[], string][] = [
    [["ki"], "kill"],
    [["kill", "sta"], "status"],
    [["kill", "--lev"], "--level"],
    [["kill", "--level", "RED"], "REDUCE_ONLY"],
    [["kill", "--reason", "x", "--fla"], "--flatten"],
    [["completion", "z"], "zsh"],
  ];

  test.each(lines)("OM-04 bash completes %j", async (words, expected) => {
    const script = `source <("${bin}" completion bash); COMP_WORDS=(ttt "$@"); COMP_CWORD=$#; _ttt; echo "\${COMPREPLY[*]}"`;
    const { stdout } = await execa("bash", ["-c", script, "bash", ...words], { env });
    expect(stdout).toBe(expected);
  });

  test.skipIf(!has("fish")).each(lines)("OM-04 fish completes %j", async (words, expected) => {
    const script = `"${bin}" completion fish | source; complete -C "ttt ${words.join(" ")}"`;
    const { stdout } = await execa("fish", ["--no-config", "-c", script], { env });
    expect(stdout.split("\n").map((line) => line.split("\t")[0])).toContain(expected);
  });

  test.skipIf(!has("zsh"))("OM-04 zsh takes its script", async () => {
    const script = `autoload -Uz compinit && compinit -D; source <("${bin}" completion zsh); print \${_comps[ttt]}`;
    const { stdout, stderr } = await execa("zsh", ["-f", "-c", script], { env: { ...env, HOME: home } });
    expect({ stdout, stderr }).toEqual({ stdout: "_ttt", stderr: "" });
  });
});
