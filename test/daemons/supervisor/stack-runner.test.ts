import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StackRunner } from "../../../daemons/supervisor/stack-runner.ts";
import { systemClock } from "../../../src/adapters/system/system-clock.ts";
import type { ServiceSpec } from "../../../src/ops/service.ts";
import type { StackEvent } from "../../../src/ops/stack-feed.ts";
import { loadConfig } from "../../../src/runtime/config.ts";
import { openLog } from "../../../src/runtime/log.ts";
import { openStackHost } from "../../../src/runtime/stack-host.ts";

const DAEMON = {
  kind: "daemon",
  count: 1,
  scalable: false,
  needs: [],
  stopSignal: "SIGTERM",
  stopGraceMs: 400,
  startTimeoutMs: 20_000,
} as const;
const base: ServiceSpec = { ...DAEMON, name: "base" };
const front: ServiceSpec = { ...DAEMON, name: "front", needs: [{ service: "base", condition: "ready" }] };
const crew: ServiceSpec = { ...DAEMON, name: "crew", scalable: true, count: 2 };

let home: string;
const runners: StackRunner[] = [];

beforeEach(() => {
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

async function run(specs: readonly ServiceSpec[]): Promise<StackRunner> {
  const config = await loadConfig({ TTT_HOME: home });
  const log = openLog(join(home, "logs", "test.log"), { service: "test", instance: "test" }, config.log);
  const host = openStackHost(config, () => [join(import.meta.dirname, "fixtures", "daemon.ts")]);
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

const order = (instance: string, what: string) => writeFileSync(join(home, `${instance}.orders`), what);
const view = (runner: StackRunner, instance: string) => runner.views().find((one) => one.instance === instance);
const until = (check: () => void, timeout = 15_000) => vi.waitFor(check, { timeout, interval: 10 });
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

  test("OP-05 a stopped process is known within 2 s, and replaced", async () => {
    const runner = await run([base]);
    await untilState(runner, "base", "ready");
    const from = performance.now();
    process.kill(view(runner, "base")!.pid!, "SIGSTOP");
    await until(() => expect(view(runner, "base")!.state).not.toBe("ready"));
    expect(performance.now() - from).toBeLessThan(2_000);
    await until(() => expect(view(runner, "base")).toMatchObject({ state: "ready", generation: 2 }));
    expect(view(runner, "base")!.restarts.hang).toBe(1);
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
    await until(() => expect(view(runner, "base")?.state).toBe("quarantined"), 25_000);
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
