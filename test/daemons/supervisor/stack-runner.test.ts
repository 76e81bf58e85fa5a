import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StackRunner } from "../../../daemons/supervisor/stack-runner.ts";
import { controlCall } from "../../../src/adapters/process/control-client.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import { probe } from "../../../src/ops/probe.ts";
import type { ServiceSpec } from "../../../src/ops/service.ts";
import type { StackEvent } from "../../../src/ops/stack-feed.ts";
import { loadConfig } from "../../../src/runtime/config.ts";
import { openLog } from "../../../src/runtime/log.ts";
import { openStackHost } from "../../../src/runtime/stack-host.ts";
import { PATIENCE_MS } from "../../support/until.ts";

const DAEMON = {
  kind: "daemon",
  count: 1,
  scalable: false,
  needs: [],
  probes: [],
  stopSignal: "SIGTERM",
  stopGraceMs: 400,
  startTimeoutMs: 90_000,
} as const;
const base: ServiceSpec = { ...DAEMON, name: "base" };
const front: ServiceSpec = { ...DAEMON, name: "front", needs: [{ service: "base", condition: "ready" }] };
const crew: ServiceSpec = { ...DAEMON, name: "crew", scalable: true, count: 2 };

let home: string;
const runners: StackRunner[] = [];

beforeEach(() => {
  installed = { script: "daemon.ts" };
  home = mkdtempSync(join(tmpdir(), "ttt-runner-"));
  for (const folder of ["run", "logs"]) mkdirSync(join(home, folder));
});
afterEach(async () => {
  for (const runner of runners.splice(0)) {
    await runner.down();
    runner.release();
  }
  expect(markedProcesses()).toEqual([]);
  rmSync(home, { recursive: true, force: true });
});

/** The build that is "installed": what the next process runs, and the hash it should report. */
let installed: { script: string; hash?: string };

async function run(specs: readonly ServiceSpec[]): Promise<StackRunner> {
  const config = await loadConfig({ TTT_HOME: home });
  const log = openLog(join(home, "logs", "test.log"), { service: "test", instance: "test" }, config.log);
  const real = openStackHost(config, () => [join(import.meta.dirname, "fixtures", installed.script)]);
  const host = { ...real, installedBuild: () => installed.hash ?? real.installedBuild() };
  const runner = new StackRunner(specs, { host, clock: systemClock, log });
  runners.push(runner);
  runner.begin();
  return runner;
}

/** Everything on this machine that carries the mark of this stack, found apart from our own code. */
function markedProcesses(): string[] {
  const script = `grep -lza '^TTT_HOME=${home}$' /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3`;
  const pids = execFileSync("sh", ["-c", `${script}; true`], { encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
  return pids.filter((pid) => {
    const stat = execFileSync("sh", ["-c", `cat /proc/${pid}/stat 2>/dev/null; true`], { encoding: "utf8" });
    return stat !== "" && !/\) Z /.test(stat);
  });
}

/** Under which names Prometheus is told to look for daemons of this stack. */
function announced(): string[] {
  return readdirSync(join(home, "metrics"))
    .map((file) => JSON.parse(readFileSync(join(home, "metrics", file), "utf8"))[0].labels.instance)
    .sort();
}

const order = (instance: string, what: string) => writeFileSync(join(home, `${instance}.orders`), what);
const view = (runner: StackRunner, instance: string) => runner.views().find((one) => one.instance === instance);
const until = (check: () => void) => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 10 });
const untilState = (runner: StackRunner, instance: string, state: string) =>
  until(() => expect(view(runner, instance)?.state).toBe(state));

describe("real processes", () => {
  test("OP-03 OP-07 come up in order, go down in reverse, and leave nothing behind", async () => {
    const runner = await run([base, front]);
    const seen: string[] = [];
    runner.subscribe((event) => {
      if (event.kind === "instance") seen.push(`${event.view.instance} ${event.view.state}`);
    });
    await untilState(runner, "front", "ready");
    expect(seen.indexOf("base ready")).toBeLessThan(seen.indexOf("front starting"));
    await runner.down();
    expect(seen.indexOf("front stopped")).toBeLessThan(seen.indexOf("base stopping"));
    expect(markedProcesses()).toEqual([]);
  });

  test("OP-06 a killed process is back, counted as a crash", async () => {
    const runner = await run([base]);
    await untilState(runner, "base", "ready");
    process.kill(view(runner, "base")!.pid!, "SIGKILL");
    await until(() => expect(view(runner, "base")).toMatchObject({ state: "ready", generation: 2 }));
    expect(view(runner, "base")!.restarts).toMatchObject({ crash: 1, hang: 0 });
  });

  test("OP-05 a stopped process is known and replaced", async () => {
    const runner = await run([base]);
    await untilState(runner, "base", "ready");
    process.kill(view(runner, "base")!.pid!, "SIGSTOP");
    await until(() => expect(view(runner, "base")).toMatchObject({ state: "ready", generation: 2 }));
    expect(view(runner, "base")!.restarts.hang).toBe(1);
  });

  test("OP-05 OP-06 work that stands still, and memory beyond the limit: ended in order with the reason, and back", async () => {
    order("crew-1", "stuck");
    order("crew-2", "hungry");
    const runner = await run([{ ...crew, memoryLimitBytes: 250e6 }]);
    // Their orders are taken by then; those that come after them get none.
    for (const instance of ["crew-1", "crew-2"]) {
      await until(() => expect(view(runner, instance)?.readyAfterMs).toBeTypeOf("number"));
      order(instance, "");
    }
    const standing = { state: "degraded", reason: "no turn for more than 0.3 s" };
    await until(() => expect(view(runner, "crew-1")).toMatchObject(standing));
    await until(() => expect(view(runner, "crew-1")).toMatchObject({ state: "ready", generation: 2 }));
    await until(() => expect(view(runner, "crew-2")).toMatchObject({ state: "ready", generation: 2 }));
    expect(view(runner, "crew-1")!.restarts).toMatchObject({ hang: 1, crash: 0 });
    expect(view(runner, "crew-2")!.restarts).toMatchObject({ memory: 1, crash: 0 });
    const log = readFileSync(join(home, "logs", "test.log"), "utf8");
    expect(log).toContain("no turn for more than 0.3 s, although its event loop turns");
    expect(log).toMatch(/uses \d+ MB of memory, its limit is 250 MB/);
  });

  test("OP-04 one that beats and answers badly from outside: degraded with its answer, well again, in the end started anew", async () => {
    order("base", "http");
    const dead = join(home, "dead");
    const often = { everyMs: 200, timeoutMs: PATIENCE_MS };
    const probes = [
      probe("startup", { kind: "exec", command: ["sh", "-c", 'kill -0 "$TTT_PID"'] }, often),
      probe("readiness", { kind: "http", target: "/well" }, often),
      probe(
        "liveness",
        { kind: "exec", command: ["sh", "-c", `echo "$TTT_INSTANCE is dead"; ! test -e ${dead}`] },
        often,
      ),
    ];
    const runner = await run([{ ...base, probes }]);
    await untilState(runner, "base", "ready");
    const { pid } = view(runner, "base")!;
    expect(view(runner, "base")!.evidence).toMatchObject({ look: "readiness http /well", status: "200" });
    order("base", "unwell");
    const unwell = { look: "readiness http /well", status: "503", excerpt: "unwell", latencyMs: expect.any(Number) };
    await until(() =>
      expect(view(runner, "base")).toMatchObject({
        ...{ state: "degraded", reason: "readiness http /well: 503, unwell", evidence: unwell },
      }),
    );
    order("base", "http");
    await untilState(runner, "base", "ready");
    expect(view(runner, "base")!.pid).toBe(pid);
    const log = readFileSync(join(home, "logs", "test.log"), "utf8");
    expect(log).toMatch(
      /"state":"degraded",[^\n]*"look":"readiness http \/well","status":"503","excerpt":"unwell","latencyMs":\d+/,
    );

    writeFileSync(dead, "");
    await until(() => expect(view(runner, "base")!.restarts.probe).toBeGreaterThan(0));
    expect(readFileSync(join(home, "logs", "test.log"), "utf8")).toContain("exit 1, base is dead");
    rmSync(dead);
    await untilState(runner, "base", "ready");
    expect(view(runner, "base")!.restarts.crash).toBe(0);
  });

  test("OP-06 a configuration error is not restarted, and its own words are the reason", async () => {
    order("base", "refuse");
    const runner = await run([base, front]);
    await untilState(runner, "base", "failed");
    expect(view(runner, "base")).toMatchObject({
      exitCode: 17,
      reason: expect.stringContaining("the port is taken [PORT_TAKEN]"),
    });
    await untilState(runner, "front", "failed");
    order("base", "");
    runner.dispatch({ type: "want", instances: ["base"], wanted: "up" });
    await untilState(runner, "front", "ready");
  });

  test("OP-06 a crash loop is quarantined with its reason and the command to run next", async () => {
    order("base", "crash");
    const runner = await run([base]);
    await until(() => expect(view(runner, "base")?.state).toBe("quarantined"));
    expect(view(runner, "base")!.reason).toContain("born to fail");
    expect(view(runner, "base")!.hint).toContain("ttt start base");
  });

  test("OP-07 one that ignores SIGTERM is killed, and a child that fled its group too", async () => {
    order("crew-1", "stubborn");
    order("crew-2", "child");
    const runner = await run([crew]);
    await untilState(runner, "crew-1", "ready");
    await untilState(runner, "crew-2", "ready");
    expect(markedProcesses()).toHaveLength(3);
    await runner.down();
    expect(markedProcesses()).toEqual([]);
    expect(announced()).toEqual([]);
    expect(existsSync(join(home, "run", "crew-1.sock"))).toBe(false);
  });

  test("OP-02 a new supervisor takes over what runs, and nothing is started twice", async () => {
    const first = await run([base, front]);
    await untilState(first, "front", "ready");
    const pids = first.views().map(({ pid }) => pid);
    first.release();
    runners.length = 0;
    const second = await run([base, front]);
    await untilState(second, "front", "ready");
    expect(second.views().map(({ pid }) => pid)).toEqual(pids);
    expect(markedProcesses()).toHaveLength(2);
    process.kill(view(second, "front")!.pid!, "SIGKILL");
    await until(() => expect(view(second, "front")).toMatchObject({ state: "ready" }));
  });

  test("OP-02 a process that does not belong to the stack any more is ended", async () => {
    const first = await run([base, front]);
    await untilState(first, "front", "ready");
    first.release();
    runners.length = 0;
    const second = await run([base]);
    await until(() => expect(markedProcesses()).toHaveLength(1));
    await untilState(second, "base", "ready");
  });

  test("the stream is a snapshot's worth of numbered changes without gaps", async () => {
    const runner = await run([base]);
    const events: StackEvent[] = [];
    const from = runner.seq;
    runner.subscribe((event) => events.push(event));
    await untilState(runner, "base", "ready");
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => from + 1 + index));
  });
});

describe("reload", () => {
  /** Eight clients that ask without pause; half of them open a connection for each request. */
  function load(port: number) {
    const failures: string[] = [];
    const served = new Map<string, number>();
    let over = false;
    const client = async (keepAlive: boolean) => {
      const agent = new Agent({ keepAlive });
      while (!over) {
        try {
          const pid = await ask(port, agent);
          served.set(pid, (served.get(pid) ?? 0) + 1);
        } catch (error) {
          failures.push(String(error));
        }
      }
      agent.destroy();
    };
    const clients = Array.from({ length: 8 }, (_, index) => client(index % 2 === 0));
    return {
      failures,
      served,
      end: async () => {
        over = true;
        await Promise.all(clients);
      },
    };
  }

  async function served(): Promise<{ runner: StackRunner; port: number; pid: number }> {
    order("base", "http");
    order("base+2", "http");
    order("base+3", "http");
    // What is under way when a process is replaced may take as long as the machine wants.
    const runner = await run([{ ...base, stopGraceMs: 30_000 }]);
    await untilState(runner, "base", "ready");
    const { port } = JSON.parse(readFileSync(join(home, "run", "base.json"), "utf8"));
    return { runner, port, pid: view(runner, "base")!.pid! };
  }

  test("OP-08 to a good build under load: not one request fails, and the new process serves alone", async () => {
    const { runner, port, pid } = await served();
    const { failures, served: counts, end } = load(port);
    await until(() => expect(counts.get(String(pid)) ?? 0).toBeGreaterThan(50));
    for (let round = 1; round <= 2; round++) {
      expect(await runner.reload("base")).toMatchObject({ ok: true });
      await until(() => expect(counts.size).toBe(1 + round));
    }
    const now = view(runner, "base")!;
    expect(now.pid).not.toBe(pid);
    expect(runner.views()).toHaveLength(1);
    const before = counts.get(String(now.pid)) ?? 0;
    await until(() => expect(counts.get(String(now.pid)) ?? 0).toBeGreaterThan(before + 50));
    await end();
    expect(failures).toEqual([]);
    expect(counts.size).toBe(3);
    expect(JSON.parse(readFileSync(join(home, "run", "base.json"), "utf8"))).toMatchObject({ port, pid: now.pid });
    expect(await controlCall(join(home, "run", "base.sock"), "identity")).toMatchObject({ pid: now.pid });
  });

  test.each([
    ["that does not start", { script: "absent.ts" }],
    ["of the wrong hash", { script: "daemon.ts", hash: "another" }],
  ])("OP-08 to a build %s under load: nothing changes, not one request fails", async (_what, build) => {
    const { runner, port, pid } = await served();
    const { failures, served: counts, end } = load(port);
    await until(() => expect(counts.get(String(pid)) ?? 0).toBeGreaterThan(50));
    installed = build;
    const outcome = await runner.reload("base");
    expect(outcome.ok).toBe(false);
    expect(outcome.reason).toMatch(/absent\.ts|not another/);
    const before = counts.get(String(pid))!;
    await until(() => expect(counts.get(String(pid))).toBeGreaterThan(before + 50));
    await end();
    expect(failures).toEqual([]);
    expect(runner.views().map(({ instance, pid: one, state }) => [instance, one, state])).toEqual([
      ["base", pid, "ready"],
    ]);
  });

  test("OP-02 a reloaded process is taken over by a new supervisor, and restarts under its own name", async () => {
    const { runner } = await served();
    expect(await runner.reload("base")).toMatchObject({ ok: true });
    const { pid } = view(runner, "base")!;
    runner.release();
    runners.length = 0;
    const second = await run([base]);
    await untilState(second, "base", "ready");
    expect(view(second, "base")).toMatchObject({ pid, process: "base+2" });
    await until(() => expect(announced()).toEqual(["base"]));
    process.kill(pid!, "SIGKILL");
    await until(() => expect(view(second, "base")).toMatchObject({ state: "ready", process: "base" }));
    expect(announced()).toEqual(["base"]);
    expect(existsSync(join(home, "run", "base+2.sock"))).toBe(false);
  });

  test("OP-02 one that is gone and no part of the stack any more is not looked for by Prometheus", async () => {
    mkdirSync(join(home, "metrics"));
    for (const instance of ["crew-9", "base+7", "supervisor"]) {
      const group = { targets: ["127.0.0.1:1"], labels: { service: instance, instance } };
      writeFileSync(join(home, "metrics", `${instance}.json`), JSON.stringify([group]));
    }
    const runner = await run([base]);
    await untilState(runner, "base", "ready");
    expect(announced()).toEqual(["base", "supervisor"]);
  });

  test("OP-08 what does not serve cannot be reloaded", async () => {
    order("base", "refuse");
    const runner = await run([base]);
    await untilState(runner, "base", "failed");
    expect(await runner.reload("base")).toMatchObject({ ok: false, reason: expect.stringContaining("failed") });
  });
});

function ask(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "127.0.0.1", port, agent }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end();
  });
}
