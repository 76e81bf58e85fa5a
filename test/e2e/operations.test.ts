import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InstanceView } from "../../src/ops/instance.ts";
import type { StackSnapshot } from "../../src/ops/stack-feed.ts";
import { SupervisedStack } from "../support/supervised-stack.ts";
import { until } from "../support/until.ts";
import { wrkDuring } from "../support/wrk.ts";

const isBack = (before: InstanceView) => (now: InstanceView) =>
  now.state === "ready" && now.generation > before.generation;

const pidsOf = ({ instances }: StackSnapshot) => instances.map(({ instance, pid }) => [instance, pid]);

describe("a stack that trades", () => {
  let stack: SupervisedStack;

  beforeAll(async () => {
    stack = new SupervisedStack({
      TTT_TRADING_PARTITIONS: "sma-cross@SYN-USD?fast=2&slow=4&units=10",
      TTT_PAPER_BARS_PER_SECOND: "50",
    });
    // Whoever reads the messages may leave: the command does its work to the end.
    const { exitCode } = await execa("bash", ["-c", `set -o pipefail; "${stack.bin}" up 2>&1 | true`], {
      env: stack.env,
      reject: false,
    });
    expect(exitCode).toBe(0);
    await until("fills", async () => ((await stack.fills()) >= 4 ? true : undefined));
  });
  afterAll(() => stack.close());

  /** Our records say what the venue's say, and no intent became two orders. */
  async function expectBooksToAgree(): Promise<void> {
    await stack.venue.ask({ op: "pace", paused: true });
    const books = await until("books that agree", async () => {
      const now = await stack.books();
      return JSON.stringify(now.own) === JSON.stringify(now.venue) ? now : undefined;
    });
    expect(books.ordersAtVenue).toBeLessThanOrEqual(books.sentIntents);
    await stack.venue.ask({ op: "pace", paused: false });
  }

  async function expectToTradeOn(): Promise<void> {
    const before = await stack.fills();
    await until("more fills", async () => ((await stack.fills()) > before ? true : undefined));
  }

  test("OP-05 OP-06 a worker, an API and a backtester that hang: each known, ended and back", async () => {
    const names = ["worker-1", "api", "backtester-1"];
    for (const name of names) {
      const before = await stack.view(name);
      process.kill(before.pid!, "SIGSTOP");
      const after = await stack.untilView(name, isBack(before));
      expect(after.restarts, name).toMatchObject({ hang: before.restarts.hang + 1, crash: before.restarts.crash });
    }
    await expectToTradeOn();
    await expectBooksToAgree();
  });

  test("OP-06 a crash loop ends in quarantine, with its reason and the command to run next on the status", async () => {
    // Begins with a clean record, whatever it went through before.
    expect((await stack.json("restart", "backtester-1")).exitCode).toBe(0);
    const before = await stack.view("backtester-1");
    const mend = stack.breakBuild(
      "daemons/backtester/main.js",
      'setTimeout(() => { throw new Error("born to fail"); }, 20);',
    );
    process.kill(before.pid!, "SIGKILL");
    // Its supervisor dies in between, and the next one goes on counting.
    await stack.untilView("backtester-1", ({ endsInARow }) => endsInARow >= 2);
    const first = (await stack.snapshot()).supervisor.pid;
    process.kill(first, "SIGKILL");
    expect((await stack.json("status")).data.supervisor.pid).not.toBe(first);
    const { restarts } = await stack.untilView("backtester-1", ({ state }) => state === "quarantined");
    expect(restarts.crash).toBe(before.restarts.crash + 5);
    const { exitCode, stdout } = await stack.ttt("status");
    expect(exitCode).toBe(20);
    expect(stdout).toMatch(/backtester-1 +quarantined .*ended 5 times in a row, last: .*born to fail/);
    expect(stdout).toContain("backtester-1: ttt logs backtester-1, mend the cause, then: ttt start backtester-1");
    // It is no news to the next supervisor.
    const { supervisor } = await stack.snapshot();
    process.kill(supervisor.pid, "SIGKILL");
    const { data: after } = await stack.json("status");
    expect(after.supervisor.pid).not.toBe(supervisor.pid);
    expect(after.instances.find(({ instance }: InstanceView) => instance === "backtester-1")).toMatchObject({
      state: "quarantined",
      reason: expect.stringContaining("ended 5 times in a row"),
    });
    mend();
    expect((await stack.json("start", "backtester-1")).exitCode).toBe(0);
  });

  test("OP-08 reload of the API under wrk's load: a broken build changes nothing, a good one loses no request", async () => {
    const before = await stack.view("api");
    const url = `${stack.facts("api").url}/healthz`;
    const mend = stack.breakBuild("daemons/api/main.js", 'throw new Error("a build that does not come up");');
    const { load: broken, outcome: refused } = await wrkDuring(url, () => stack.json("reload", "api"));
    expect(refused).toMatchObject({ ok: false, exitCode: 20, error: { code: "RELOAD_FAILED" } });
    expect(refused.error.found).toContain("a build that does not come up");
    expect(broken.failed).toEqual([]);
    const tried = await until("the reload on record", async () => {
      const { data } = await stack.json("audit", "list", "--kind", "service.reloaded");
      return data.find(({ body }: { body: { ok: boolean } }) => !body.ok);
    });
    expect(tried.body).toMatchObject({ instance: "api", reason: expect.stringContaining("does not come up") });
    expect(await stack.view("api")).toMatchObject({ pid: before.pid, state: "ready", buildHash: before.buildHash });

    mend();
    stack.renameBuild("another-build");
    const { load: good, outcome: replaced } = await wrkDuring(url, () => stack.json("reload", "api"));
    expect(replaced).toMatchObject({ ok: true, exitCode: 0 });
    expect(good.failed).toEqual([]);
    const after = await stack.view("api");
    expect(after).toMatchObject({ state: "ready", buildHash: "another-build" });
    expect(after.pid).not.toBe(before.pid);
    expect((await fetch(url)).status).toBe(200);
  });

  test("OP-08 reload of worker and backtester: the partition is handed over, no order and no job is lost", async () => {
    const [worker, backtester] = [await stack.view("worker-1"), await stack.view("backtester-1")];
    await stack.json("data", "generate", "bars", "--bars", "20000");
    const [reload, ...jobs] = await Promise.all([
      stack.json("reload", "worker", "backtester"),
      ...[1, 2, 3].map(() => stack.json("backtest", "run", "sma-cross", "--data", "bars", "--remote")),
    ]);
    expect(reload).toMatchObject({ ok: true });
    for (const job of jobs) expect(job).toMatchObject({ ok: true });
    expect((await stack.view("worker-1")).pid).not.toBe(worker.pid);
    expect((await stack.view("backtester-1")).pid).not.toBe(backtester.pid);
    await expectToTradeOn();
    await expectBooksToAgree();
  });

  test("OP-02 a supervisor that hangs is named, up replaces it, and down ends what it left", async () => {
    const before = await stack.snapshot();
    process.kill(before.supervisor.pid, "SIGSTOP");
    const status = await stack.json("status");
    expect(status).toMatchObject({ exitCode: 15, error: { code: "SUPERVISOR_HUNG" } });
    expect(status.error.found).toBe(`pid ${before.supervisor.pid}, stopped by a signal`);
    const { data: diagnosis } = await stack.json("doctor");
    expect(diagnosis.causes[0]).toMatchObject({ id: "supervisor.silent", symptom: "supervision-lost" });
    expect(diagnosis.causes[0].evidence[0]).toMatch(
      new RegExp(`^The supervisor \\(pid ${before.supervisor.pid}, stopped by a signal\\) .*go on: .*worker-1`),
    );
    const plan = await stack.json("up", "--dry-run");
    expect(plan.data.steps[0]).toContain(`end the supervisor that does not answer (pid ${before.supervisor.pid}`);
    expect((await stack.json("up")).exitCode).toBe(0);
    const after = await stack.snapshot();
    expect(after.supervisor.pid).not.toBe(before.supervisor.pid);
    expect(pidsOf(after)).toEqual(pidsOf(before));
    await expectToTradeOn();
  });

  test("OP-02 kill -9 of the supervisor while the worker trades: no order lost or doubled, status takes all over", async () => {
    const before = await stack.snapshot();
    process.kill(before.supervisor.pid, "SIGKILL");
    await expectToTradeOn();
    const { exitCode, data: after } = await stack.json("status");
    expect(exitCode).toBe(0);
    expect(after.supervisor.pid).not.toBe(before.supervisor.pid);
    expect(pidsOf(after)).toEqual(pidsOf(before));
    await expectBooksToAgree();
    process.kill(after.supervisor.pid, "SIGSTOP");
    expect(await stack.json("down")).toMatchObject({ ok: true, data: { remains: [] } });
  });
});

test("OP-10 logs of nobody are refused with who there is; a demonstration on no data starts nothing", async () => {
  const stack = new SupervisedStack();
  const logs = await stack.json("logs", "nosuch");
  expect(logs).toMatchObject({ exitCode: 12, error: { code: "SERVICE_UNKNOWN" } });
  expect(logs.error.expected).toContain("worker");
  expect(await stack.json("logs", "worker")).toMatchObject({ exitCode: 0, data: { lines: [] } });
  expect(await stack.json("demo", "--data", "/nope.csv")).toMatchObject({
    exitCode: 12,
    error: { code: "DATA_FILE_ABSENT" },
  });
  await stack.close();
});
