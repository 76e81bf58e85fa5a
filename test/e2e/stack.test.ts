import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DownReport } from "../../src/actions/bring-down.ts";
import { processRow } from "../../src/adapters/process/process-table.ts";
import type { CatalogueEntry } from "../../src/cli/catalogue.ts";
import type { InstanceView } from "../../src/ops/instance.ts";
import type { StackSnapshot } from "../../src/ops/stack-feed.ts";
import { Terminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";

const ttt = join(import.meta.dirname, "../../bin/ttt");
const homes: string[] = [];
let home: string;

interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs ttt as an operator does. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(ttt, args, {
      env: { ...process.env, TTT_HOME: home, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    child.on("close", (code) => resolve({ exit: code ?? -1, stdout, stderr }));
  });
}

async function json<T>(args: readonly string[], env: Record<string, string> = {}) {
  const { exit, stdout, stderr } = await run([...args, "--json"], env);
  if (stdout === "") throw new Error(`no output: ${stderr}`);
  return { exit, ...(JSON.parse(stdout) as { ok: boolean; data: T; error: Record<string, string> }) };
}

const status = async () => (await json<StackSnapshot>(["status"])).data;
const pidOf = ({ instances }: StackSnapshot, instance: string) =>
  instances.find((view) => view.instance === instance)!.pid!;
const states = (instances: readonly InstanceView[]) => instances.map(({ instance, state }) => `${instance} ${state}`);
const UP = [
  "postgres ready",
  "migrations done",
  "paper-venue ready",
  "api ready",
  "worker-1 ready",
  "backtester-1 ready",
];

/** Live processes that carry this stack's mark or its database's title, found with the machine's own tools. */
function leftovers(of: string = home): string[] {
  const found = execFileSync(
    "sh",
    ["-c", `grep -lza '^TTT_HOME=${of}$' /proc/[0-9]*/environ 2>/dev/null; pgrep -f -- '-D ${of}/' ; true`],
    { encoding: "utf8" },
  );
  return [...found.matchAll(/^(?:\/proc\/)?(\d+)/gm)].map(([, pid]) => pid!).filter(isAlive);
}

/** Whether there is such a process, and it is not only waiting to be buried. */
const isAlive = (pid: string | number) => processRow(Number(pid)) !== undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ttt-e2e-"));
  homes.push(home);
});
afterEach(async () => {
  for (const one of homes.splice(0)) {
    home = one;
    await run(["down"]);
    expect(leftovers()).toEqual([]);
    rmSync(one, { recursive: true, force: true });
  }
});

describe("the stack", () => {
  test("OP-02 OP-03 OP-07 up, status, down: every service ready, and nothing left behind", async () => {
    expect(await json(["status"])).toMatchObject({ ok: false, exit: 13, error: { code: "STACK_NOT_RUNNING" } });
    const plan = await json<{ steps: string[] }>(["up", "--dry-run"]);
    expect(plan.data.steps).toContain("start api when postgres ready, migrations done");
    expect(leftovers()).toEqual([]);

    const up = await json<StackSnapshot>(["up"]);
    expect(states(up.data.instances)).toEqual(UP);
    expect(states((await status()).instances)).toEqual(UP);
    expect((await json(["up"])).ok).toBe(true);
    // Nobody asks a new database for what its migrations are about to make.
    const premature = await json<{ lines: unknown[] }>(["logs", "--grep", "does not exist"]);
    expect(premature.data.lines).toEqual([]);

    const down = await json<{ remains: string[] }>(["down"]);
    expect(down).toMatchObject({ ok: true, data: { remains: [] } });
    expect(leftovers()).toEqual([]);
    expect(readdirSync(join(home, "run")).filter((name) => /\.(sock|json)$/.test(name))).toEqual([]);
    expect((await json(["down"])).ok).toBe(true);
  });

  test("OP-06 OM-01 OM-03 a killed worker is back, and so is a killed database; who does not wait asks later; a stream is numbered lines", async () => {
    const begun = await json<StackSnapshot>(["up", "--no-wait"]);
    expect(begun).toMatchObject({ ok: true, exit: 0 });
    const awaited = await json<StackSnapshot>(["status", "--wait", "--timeout", "600"]);
    expect([awaited.exit, states(awaited.data.instances)]).toEqual([0, UP]);
    const before = await status();
    const follower = spawn(ttt, ["logs", "worker", "-f", "-n", "2", "--json"], {
      env: { ...process.env, TTT_HOME: home },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let followed = "";
    follower.stdout.on("data", (chunk) => {
      followed += String(chunk);
    });
    const whole = () => followed.split("\n").slice(0, -1);
    const shown = await until("the lines there were", () => whole().length >= 2 && whole().length);
    for (const instance of ["worker-1", "postgres"]) {
      const pid = pidOf(before, instance);
      process.kill(pid, "SIGKILL");
      await until(`another ${instance}, and all well`, async () => {
        const now = await status();
        return states(now.instances).join() === UP.join() && pidOf(now, instance) !== pid;
      });
    }
    await until("word of its recovery", async () => {
      const log = await json<{ lines: { message: string }[] }>(["logs", "postgres", "--grep", "recovery"]);
      return log.data.lines.length > 0;
    });
    await until("what was written since", () => whole().length > shown);
    follower.kill("SIGINT");
    const code = await new Promise((resolve) => follower.once("close", resolve));
    const lines = whole().map((line) => JSON.parse(line) as { sequence: number; service: string });
    expect([code, lines.map(({ sequence }) => sequence)]).toEqual([0, lines.map((_line, index) => index + 1)]);
    expect(new Set(lines.map(({ service }) => service))).toEqual(new Set(["worker"]));
    const leaving = await json<DownReport>(["down", "--no-wait"]);
    expect(leaving).toMatchObject({ ok: true, data: { stopped: [], ending: expect.arrayContaining(["worker-1"]) } });
    expect((await json<DownReport>(["down"])).data.remains).toEqual([]);
  });

  test("OP-02 a terminal that goes away and a kill -9 of the supervisor: the services go on, the next status takes them over, down ends all", async () => {
    // What a person starts is in the foreground of their terminal, and hears when that is closed.
    await using terminal = new Terminal("/bin/sh", ["-c", '"$0" up; cat', ttt], { env: { TTT_HOME: home } });
    await terminal.waitFor(/^postgres +(starting|ready)/m);
    const { supervisor } = await status();
    terminal.kill("SIGHUP");
    await terminal.exited;
    const { exit, data: before } = await json<StackSnapshot>(["status", "--wait", "--timeout", "600"]);
    expect([exit, states(before.instances)]).toEqual([0, UP]);
    expect(before.supervisor.pid).toBe(supervisor.pid);
    expect(before.instances.map(({ generation }) => generation)).toEqual([1, 1, 1, 1, 1, 1]);
    process.kill(before.supervisor.pid, "SIGKILL");
    await until("its end", () => !isAlive(before.supervisor.pid));
    const after = await status();
    expect(after.supervisor.pid).not.toBe(before.supervisor.pid);
    for (const instance of ["postgres", "paper-venue", "api", "worker-1", "backtester-1"]) {
      expect(pidOf(after, instance)).toBe(pidOf(before, instance));
    }
    process.kill(after.supervisor.pid, "SIGKILL");
    expect(await json(["down"])).toMatchObject({ ok: true, data: { remains: [] } });
    expect(leftovers()).toEqual([]);
  });

  test("two stacks run side by side", async () => {
    const [first] = homes;
    const second = mkdtempSync(join(tmpdir(), "ttt-e2e-"));
    homes.push(second);
    const [one, two] = await Promise.all([
      json<StackSnapshot>(["up"]),
      json<StackSnapshot>(["up"], { TTT_HOME: second }),
    ]);
    expect(states(one.data.instances)).toEqual(UP);
    expect(states(two.data.instances)).toEqual(UP);
    expect((await json(["down"], { TTT_HOME: second })).ok).toBe(true);
    expect(leftovers(second)).toEqual([]);
    expect(leftovers(first!)).not.toEqual([]);
    expect(states((await status()).instances)).toEqual(UP);
  });

  test("a taken port: the command fails with conflict, and names the port and who holds it", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as AddressInfo;
    const up = await json(["up"], { TTT_API_PORT: String(port) });
    expect(up).toMatchObject({ ok: false, exit: 17 });
    expect(up.error.found).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(up.error.found).toContain(`pid ${process.pid}`);
    blocker.close();
    expect((await json(["up"])).ok).toBe(true);
  });

  test("OP-08 of two ups at the same time both succeed with one supervisor; scale up and down, stop and start by hand", async () => {
    const ups = await Promise.all([json<StackSnapshot>(["up"]), json<StackSnapshot>(["up"])]);
    expect(ups.map(({ ok }) => ok)).toEqual([true, true]);
    expect(ups[0].data.supervisor.pid).toBe(ups[1].data.supervisor.pid);
    const scaled = await json<StackSnapshot>(["scale", "backtester=2"]);
    expect(states(scaled.data.instances)).toContain("backtester-2 ready");
    expect((await json<StackSnapshot>(["scale", "backtester=1"])).data.instances).toHaveLength(6);
    // The plan says what the run would, of what cannot be replaced too.
    for (const dryRun of [["--dry-run"], []]) {
      expect(await json(["reload", "api", "postgres", ...dryRun])).toMatchObject({
        ...{ exit: 2, error: { code: "RELOAD_IMPOSSIBLE", hint: "ttt restart postgres" } },
      });
    }
    expect((await json<{ steps: string[] }>(["reload", "api", "--dry-run"])).data.steps).toEqual(["replace api"]);
    expect((await json(["stop", "api"])).ok).toBe(true);
    expect(await json(["reload", "api", "--dry-run"])).toMatchObject({
      exit: 17,
      error: { code: "RELOAD_IMPOSSIBLE" },
    });
    expect(states((await status()).instances)).toContain("api stopped");
    expect((await json(["start", "api"])).ok).toBe(true);
    expect(await json(["stop", "nonsense"])).toMatchObject({ exit: 12, error: { code: "SERVICE_UNKNOWN" } });
  });

  test("OP-11 OP-01 no way out shows a secret: what reads, what fails, the API, the figures, the logs, the journal, command lines", async () => {
    const canary = (name: string) => `canary-of-${name}-${"x".repeat(12)}`;
    // A receiver that refuses, and says back where it was called: its answer is told as the reason.
    const receiver = createServer((request, response) => response.writeHead(400).end(`no ${request.url}`));
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const { port } = receiver.address() as AddressInfo;
    const contact = { name: "desk", channel: "webhook", to: "TTT_DESK_URL" };
    mkdirSync(join(home, "conf"), { recursive: true, mode: 0o700 });
    writeFileSync(
      join(home, "conf", "secrets.env"),
      [
        `TTT_VENUE_API_KEY=${canary("key")}`,
        `TTT_VENUE_SECRET=${canary("secret")}`,
        `TTT_API_TOKEN=${canary("token")}`,
        `TTT_INCIDENT_SMTP_URL=smtp://desk:${canary("mail")}@127.0.0.1:9`,
        `TTT_DESK_URL=http://127.0.0.1:${port}/${canary("hook")}`,
        `TTT_INCIDENT_CONTACTS=${JSON.stringify([contact])}`,
      ].join("\n"),
      { mode: 0o600 },
    );
    await json(["up"], { TTT_LOG_LEVEL: "debug" });
    const token = await json<{ token: string }>(["token", "create", "canary", "--role", "admin"]);
    const opened = await json(["incident", "open", "drill", "--severity", "sev1"]);
    expect([token.ok, opened.ok]).toEqual([true, true]);
    await until("word of a message that was refused", async () =>
      JSON.stringify(await json(["incident", "show"])).includes("answered 400"),
    );
    receiver.close();

    const catalogue = (await json<CatalogueEntry[]>(["commands"])).data;
    const readers = catalogue.filter(
      ({ effect, args, command }) =>
        effect === "read" && args.every(({ required }) => !required) && command !== "console",
    );
    const outputs = new Map<string, string>();
    const keep = async (what: string, args: readonly string[], env: Record<string, string> = {}) => {
      const { stdout, stderr } = await run(args, env);
      outputs.set(what, stdout + stderr);
    };
    for (const { command } of readers) await keep(command, [...command.split(" "), "--json"]);
    await keep("all logs", ["logs", "-n", "100000", "--level", "debug", "--json"]);
    await keep("the console", ["console", "--plain"]);
    const elsewhere = `postgres://ttt:${canary("database")}@127.0.0.1:9/ttt`;
    const away = {
      DATABASE_URL: elsewhere,
      REDIS_URL: `redis://:${canary("redis")}@127.0.0.1:9`,
      AMQP_URL: `amqp://u:${canary("amqp")}@127.0.0.1:9`,
    };
    for (const failing of [["db", "status"], ["kill", "status"], ["doctor"], ["config"], ["token", "list"]]) {
      await keep(`${failing.join(" ")} with its servers away`, [...failing, "--json"], away);
    }
    const { url } = JSON.parse(readFileSync(join(home, "run", "api.json"), "utf8")) as { url: string };
    const headers = { authorization: `Bearer ${token.data.token}` };
    const document = (await (await fetch(`${url}/v1/openapi.json`)).json()) as {
      paths: Record<string, { get?: object }>;
    };
    const addresses = Object.entries(document.paths).flatMap(([path, { get }]) =>
      get && !path.includes("{") ? [path] : [],
    );
    for (const path of addresses) {
      const answer = await fetch(url + path, { headers, signal: AbortSignal.timeout(600_000) });
      if (answer.headers.get("content-type")?.startsWith("text/event-stream")) await answer.body?.cancel();
      else outputs.set(`GET ${path}`, await answer.text());
    }
    for (const folder of ["logs", "journal", "metrics"]) {
      for (const file of existsSync(join(home, folder)) ? readdirSync(join(home, folder)) : []) {
        outputs.set(`${folder}/${file}`, readFileSync(join(home, folder, file), "utf8"));
      }
    }
    const pids = (await status()).instances.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    for (const pid of pids) outputs.set(`command line of ${pid}`, readFileSync(`/proc/${pid}/cmdline`, "utf8"));

    const kept = readdirSync(join(home, "secrets")).map((name) =>
      readFileSync(join(home, "secrets", name), "utf8").trim(),
    );
    const secrets = ["key", "secret", "token", "mail", "hook", "database", "redis", "amqp"].map(canary);
    for (const [what, text] of outputs) {
      for (const secret of [...secrets, ...kept, token.data.token])
        expect(text.includes(secret), `${secret} in ${what}`).toBe(false);
    }
    // The way there was walked: what is asked answers, and what is masked is there.
    expect(outputs.size).toBeGreaterThan(50);
    expect(outputs.get("config")).toContain("********");
    expect(outputs.get("audit list")).toContain("answered 400 no [redacted]");
    expect(outputs.get("GET /v1/services")).toContain('"worker-1"');
  });
});

describe("ttt demo", () => {
  test("shows everything and leaves nothing", async () => {
    const demo = await json<{
      home: string;
      fills: number;
      backtest: Record<string, unknown>;
      kill: Record<string, unknown>;
    }>(["demo"]);
    expect(demo).toMatchObject({ ok: true, exit: 0 });
    expect(demo.data.fills).toBeGreaterThan(0);
    expect(demo.data.backtest).toMatchObject({ identical: true, trades: demo.data.backtest.tradesInProcess });
    expect(demo.data.kill).toMatchObject({ verdict: "verified", ordersAfter: 0, openOrders: 0 });
    expect(leftovers(demo.data.home)).toEqual([]);
    expect(existsSync(demo.data.home)).toBe(false);
  });
});
