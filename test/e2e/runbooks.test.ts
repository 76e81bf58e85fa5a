import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunbookSummary } from "../../src/actions/runbooks/list-runbooks.ts";
import type { RunEvent, RunView } from "../../src/ops/runbook-run.ts";
import { Terminal } from "../support/terminal.ts";
import { tttInOwnHome } from "../support/ttt.ts";
import { until } from "../support/until.ts";

const bin = join(import.meta.dirname, "..", "..", "bin", "ttt");
let stack: ReturnType<typeof tttInOwnHome>;
const started = Date.now();

beforeAll(() => {
  stack = tttInOwnHome();
});
afterAll(() => stack?.remove());

/** Runs a runbook by itself and returns its events and how it stands at the end. */
async function run(...args: string[]) {
  const { exitCode, stdout, stderr } = await stack.ttt("runbook", ...args, "--yes", "--json");
  const events = stdout
    .split("\n")
    .flatMap((line): RunEvent[] => (line.startsWith('{"seq"') ? [JSON.parse(line)] : []));
  const failed = events.filter((event) => event.kind === "step-ended" && event.state === "failed");
  return { exitCode, events, said: `${stdout.slice(-3_000)}${stderr}`, failed, view: await status() };
}
const status = async (): Promise<RunView> => (await stack.ttt("runbook", "status", "--json")).json().data;
const states = ({ steps }: RunView) => Object.fromEntries(steps.map(({ id, state }) => [id, state]));
const list = async (): Promise<RunbookSummary[]> => (await stack.ttt("runbook", "list", "--json")).json().data.runbooks;

/** Everything went well, and nothing but what may be left out was left out; `perhaps` depends on the machine's load. */
async function green(runbook: string, options: { set?: string[]; skipped?: string[]; perhaps?: string[] } = {}) {
  const set = (options.set ?? []).flatMap((one) => ["--set", one]);
  const { exitCode, view, failed, said } = await run("run", runbook, ...set);
  expect(failed, said).toEqual([]);
  expect(exitCode, said).toBe(0);
  expect(view.state).toBe("green");
  const { skipped = [], perhaps = [] } = options;
  const left = view.steps.filter(({ state, id }) => state === "skipped" && !perhaps.includes(id)).map(({ id }) => id);
  expect(left.sort()).toEqual(skipped.toSorted());
  return view;
}

describe("OR-03 the production runbook on an embedded stack", () => {
  test("OR-03 disaster: from nothing to trading, blocked until all is looked over, journalled once there is a journal", async () => {
    const view = await green("disaster");
    expect(view.steps.find(({ id }) => id === "blocked")?.output).toMatch(/^BLOCK /m);
    const rows = (await stack.ttt("audit", "list", "--kind", "runbook", "--limit", "1000", "--json")).json().data;
    const own = rows.filter(({ commandId }: { commandId: string }) => commandId === view.run);
    // The first of them happened before there was a database.
    expect(own.map(({ body }: { body: { seq: number } }) => body.seq).reverse()).toEqual(
      Array.from({ length: view.events }, (_, index) => index + 1),
    );
    const others = (await stack.ttt("audit", "list", "--except", "runbook", "--limit", "1000", "--json")).json().data;
    const kinds = others.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toContain("trading-level.armed");
    expect(kinds.filter((kind: string) => kind.startsWith("runbook."))).toEqual([]);
    expect((await stack.ttt("audit", "verify", "--json")).exitCode).toBe(0);
  });

  test("OR-03 start-up, harmless on what runs already", async () => {
    await green("startup", { skipped: ["servers"] });
    expect((await stack.ttt("config", "check", "--json")).json().data).toMatchObject({ exists: true });
    await green("contacts");
  });

  test("OR-03 health verification, the monitoring tour", async () => {
    await green("health-verification");
    await green("monitoring", { skipped: ["prometheus"] });
  });

  test("OR-03 scaling out and in again; a count that may not be is refused before anything runs", async () => {
    await green("scale-workers", { set: ["count=2"] });
    expect((await stack.ttt("status", "--json")).stdout.match(/"service": "worker"/g)).toHaveLength(2);
    const refused = await run("run", "scale-workers", "--set", "count=65");
    expect(refused).toMatchObject({ exitCode: 2, events: [] });
    await green("scale-workers", { set: ["count=1"] });
  });

  test("OR-03 migrating, upgrading, replacing a token", async () => {
    await green("migrate");
    await green("upgrade");
    await green("rotate-secrets");
    const tokens = (await stack.ttt("token", "list", "--json")).stdout;
    expect(tokens).toContain("on-call-");
    // What a token is worth is in no record.
    const record = readFileSync(join(stack.home, "runbook-runs", (await status()).run, "events.ndjson"), "utf8");
    expect(record).not.toMatch(/"output":"ttt_/);
  });

  test("OR-03 an incident from the first look to the post-mortem", async () => {
    const view = await green("incident-response", {
      set: ["title=a drill", "severity=sev3"],
      skipped: ["stop", "tell-executives"],
    });
    const file =
      view.steps
        .find(({ id }) => id === "post-mortem")
        ?.output.trim()
        .split("\n")
        .at(-1) ?? "";
    expect(readFileSync(file, "utf8")).toContain("a drill");
    expect((await stack.ttt("incident", "list", "--json")).json().data).toEqual([]);
  });

  test("OR-03 kill and re-arm", async () => {
    const view = await green("kill-and-rearm", { set: ["reason=a drill"] });
    expect(view.steps.find(({ id }) => id === "level")?.output).toMatch(/^BLOCK /m);
    expect(view.steps.find(({ id }) => id === "armed")?.output).toMatch(/^RUN /m);
  });

  test("OR-03 the symptoms' runbooks find nothing to mend on a stack that is well", async () => {
    await green("api-500s", { skipped: ["start-postgres", "migrate"], perhaps: ["reload"] });
    await green("worker-crash");
    await green("no-metrics", { skipped: ["rewrite", "prometheus"] });
    await green("high-latency", { perhaps: ["take-up"] });
    await green("redis-memory", {
      skipped: ["memory", "largest", "not-ours", "delete", "raise", "well", "kill-copy"],
    });
  });

  test("OR-03 ttt runbook list shows when each was last run to its good end", async () => {
    const runbooks = await list();
    expect(runbooks.length).toBeGreaterThanOrEqual(16);
    expect(runbooks.filter(({ lastGreenAt }) => lastGreenAt === null || lastGreenAt < started)).toEqual([]);
    expect((await stack.ttt("runbook", "list")).stdout).toMatch(
      /^kill-and-rearm +trading +9 +\S+ \w+ ago +green \S+ \w+ ago /m,
    );
  });
});

describe("OR-02 a run that is killed", () => {
  const page = `---
summary: Two services are restarted, and in between the runner dies
target: stack
---
# A run of the tests

## 1 Before

\`\`\`sh id=first undo=un-first
echo first >> "$TTT_HOME/trace"
\`\`\`

\`\`\`sh id=un-first
echo un-first >> "$TTT_HOME/trace"
\`\`\`

\`\`\`sh id=backtester timeout=2m recheck=is-ready
ttt restart backtester
echo backtester >> "$TTT_HOME/trace"
\`\`\`

\`\`\`sh id=is-ready
ttt status
echo is-ready >> "$TTT_HOME/trace"
\`\`\`

## 2 In the middle

\`\`\`sh id=middle assert="^the word$"
echo middle >> "$TTT_HOME/trace"
while [ ! -e "$TTT_HOME/word" ]; do sleep 0.05; done
cat "$TTT_HOME/word"
\`\`\`

> Put the word into the file.

## 3 After

\`\`\`sh id=api timeout=2m
ttt reload api
echo api >> "$TTT_HOME/trace"
\`\`\`
`;
  const trace = () =>
    existsSync(join(stack.home, "trace")) ? readFileSync(join(stack.home, "trace"), "utf8").trim().split("\n") : [];

  test("OR-02 with kill -9 in the middle: it is interrupted, nobody else gets the stack's lock by mistake, resume goes on there", async () => {
    mkdirSync(join(stack.home, "runbooks"), { recursive: true });
    writeFileSync(join(stack.home, "runbooks", "killed.md"), page);
    const runner = spawn(bin, ["runbook", "run", "killed", "--yes"], {
      env: { ...process.env, TTT_HOME: stack.home },
      stdio: "ignore",
    });
    await until("the step in the middle", () => trace().includes("middle"));
    expect(await status()).toMatchObject({ runbook: "killed", state: "running" });
    const second = await run("run", "startup");
    expect(second.exitCode).toBe(17);
    expect(second.said).toContain("RUNBOOK_TARGET_TAKEN");

    runner.kill("SIGKILL");
    await once(runner, "exit");
    expect(await status()).toMatchObject({ runbook: "killed", state: "interrupted" });
    // The shell of the step lives on without its runner: it ends by itself, and only then the step is done again.
    writeFileSync(join(stack.home, "word"), "another word\n");
    const resumed = await run("resume");
    expect(resumed.exitCode).toBe(21);
    expect(states(resumed.view)).toMatchObject({ first: "done", backtester: "done", middle: "failed", api: "open" });
    expect(resumed.view.note).toMatch(
      /middle \(2\): its output does not match .* Put the word into the file\. Then: ttt runbook resume/,
    );
    expect(trace()).toEqual(["first", "backtester", "middle", "is-ready", "middle"]);

    writeFileSync(join(stack.home, "word"), "the word\n");
    const again = await run("resume");
    expect(again.exitCode, again.said).toBe(0);
    expect(trace()).toEqual(["first", "backtester", "middle", "is-ready", "middle", "is-ready", "middle", "api"]);
    const rows = (await stack.ttt("audit", "list", "--kind", "runbook", "--limit", "2000", "--json")).json().data;
    const own = rows.filter(({ commandId }: { commandId: string }) => commandId === again.view.run);
    expect(own.map(({ body }: { body: { seq: number } }) => body.seq).reverse()).toEqual(
      Array.from({ length: again.view.events }, (_, index) => index + 1),
    );
  });

  test("OR-02 a person at a terminal is asked before each step; whoever cannot be asked is told what to add", async () => {
    const silent = await stack.ttt("runbook", "run", "killed");
    expect(silent).toMatchObject({ exitCode: 2 });
    expect(silent.stderr).toContain("add --yes to run every step without asking");

    await using terminal = new Terminal(bin, ["runbook", "run", "killed"], {
      columns: 120,
      env: { TTT_HOME: stack.home },
    });
    const questions = (count: number) => (lines: readonly string[]) =>
      lines.join("\n").split("[q]uit:").length - 1 === count;
    await terminal.waitFor(questions(1));
    terminal.type("s\r");
    await terminal.waitFor(questions(2));
    expect(terminal.text()).toContain("skipped: left out by hand");
    terminal.type("q\r");
    await terminal.waitFor(/stopped at backtester \(1\)/);
    expect(await terminal.exited).toMatchObject({ code: 130 });
    expect(states(await status())).toMatchObject({ first: "skipped", backtester: "open" });
    expect(await status()).toMatchObject({ state: "stopped" });
    expect((await stack.ttt("runbook", "abort", "--no-undo", "--yes")).exitCode).toBe(0);
  });

  test("OR-02 abort takes back what was done, in reverse", async () => {
    writeFileSync(join(stack.home, "word"), "a wrong word\n");
    expect((await run("run", "killed")).exitCode).toBe(21);
    const plan = (await stack.ttt("runbook", "abort", "--dry-run", "--json")).json().data;
    expect(plan.undo).toEqual(["first: un-first"]);
    const aborted = await run("abort");
    expect(aborted).toMatchObject({ exitCode: 0, view: { state: "aborted" } });
    expect(trace().at(-1)).toBe("un-first");
  });
});
