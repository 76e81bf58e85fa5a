import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processRow } from "../../src/adapters/process/process-table.ts";
import type { InstanceView } from "../../src/ops/instance.ts";
import type { StackSnapshot } from "../../src/ops/stack-feed.ts";
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

  test("OP-06 a killed worker is back, and so is a killed database, with what was committed", async () => {
    await json(["up"]);
    const before = await status();
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
  });

  test("OP-02 kill -9 of the supervisor: the services go on, the next status takes them over, down ends all", async () => {
    await json(["up"]);
    const before = await status();
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

  test("of two ups at the same time both succeed, with one supervisor", async () => {
    const ups = await Promise.all([json<StackSnapshot>(["up"]), json<StackSnapshot>(["up"])]);
    expect(ups.map(({ ok }) => ok)).toEqual([true, true]);
    expect(ups[0].data.supervisor.pid).toBe(ups[1].data.supervisor.pid);
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

  test("OP-01 OP-11 config names every source, and no output holds a secret", async () => {
    await json(["up"]);
    const secrets = readdirSync(join(home, "secrets")).map((name) =>
      readFileSync(join(home, "secrets", name), "utf8").trim(),
    );
    const outputs = await Promise.all([
      run(["config", "--json"]),
      run(["status", "--json"]),
      run(["logs", "-n", "100000", "--level", "debug", "--json"]),
    ]);
    const files = readdirSync(join(home, "logs")).map((name) => readFileSync(join(home, "logs", name), "utf8"));
    for (const text of [...outputs.map(({ stdout, stderr }) => stdout + stderr), ...files]) {
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  test("OP-08 scale up and down, stop and start by hand", async () => {
    await json(["up"]);
    const scaled = await json<StackSnapshot>(["scale", "backtester=2"]);
    expect(states(scaled.data.instances)).toContain("backtester-2 ready");
    expect((await json<StackSnapshot>(["scale", "backtester=1"])).data.instances).toHaveLength(6);
    expect((await json(["stop", "api"])).ok).toBe(true);
    expect(states((await status()).instances)).toContain("api stopped");
    expect((await json(["start", "api"])).ok).toBe(true);
    expect(await json(["stop", "nonsense"])).toMatchObject({ exit: 12, error: { code: "SERVICE_UNKNOWN" } });
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
