import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { armedSchema, killReportSchema, killStatusSchema } from "../../daemons/api/routes/kill-schemas.ts";
import { stackSchema } from "../../daemons/api/routes/services.ts";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { readSse } from "../../src/adapters/http/client/read-sse.ts";
import { livelyBars } from "../support/market-bars.ts";
import { emptyDatabase, redisDatabase, virtualHost } from "../support/servers/shared.ts";
import { tttInOwnHome } from "../support/ttt.ts";
import { until } from "../support/until.ts";

const root = join(import.meta.dirname, "..", "..");

const services = async () => ({
  DATABASE_URL: await emptyDatabase(),
  REDIS_URL: await redisDatabase(),
  AMQP_URL: await virtualHost(),
});

type Stack = ReturnType<typeof tttInOwnHome>;

/** The stack's API and the owner's token. */
function apiOf({ home }: Stack): { url: string; token: string } {
  const token = readFileSync(join(home, "secrets", "api.token"), "utf8").trim();
  return { token, url: JSON.parse(readFileSync(join(home, "run", "api.json"), "utf8")).url };
}

interface ShardEvent {
  readonly type: string;
  readonly id: string;
  readonly kind: string;
  readonly owner: string | null;
}

/** What happens to the shards of sweeps from now on, as the API tells it. */
async function followShards({ url, token }: { url: string; token: string }) {
  const seen: ShardEvent[] = [];
  const left = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/v1/events?streams=jobs`, { headers, signal: left.signal });
  const reading = (async () => {
    for await (const { type, data } of readSse(response)) {
      const { body } = JSON.parse(data) as { body: ShardEvent };
      if (body.kind === "sweep-shard") seen.push({ ...body, type });
    }
  })();
  reading.catch(() => {});
  return {
    seen: () => seen,
    next: (wanted: (one: ShardEvent) => boolean) => until("an event of a shard", () => seen.find(wanted)),
    close: () => left.abort(),
  };
}

describe.each([
  ["embedded", async () => ({})],
  ["services", services],
])("backtests on the stack, %s profile", (profile, environment) => {
  let stack: Stack;
  let bars: string;

  beforeAll(async () => {
    stack = tttInOwnHome(await environment());
    bars = join(stack.folder, "BTC.csv");
    await fileBarFiles.write(bars, livelyBars(5_000));
    const up = await stack.ttt("up", "--json");
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  });
  afterAll(() => stack.remove());

  const backtest = (...more: string[]) =>
    stack.ttt("backtest", "run", "sma-cross", "--data", bars, "--commission", "0.001", "--json", ...more);

  test("the stack runs in this profile, every service ready", async () => {
    const { data } = (await stack.ttt("status", "--json")).json();
    expect(data.profile).toBe(profile);
    const names = data.instances.map((one: { service: string }) => one.service);
    expect(names.includes("postgres")).toBe(profile === "embedded");
    expect(names).toEqual(expect.arrayContaining(["api", "worker", "backtester"]));
  });

  test("OA-05 --remote prints the very bytes of a run in process", async () => {
    const here = await backtest();
    const there = await backtest("--remote");
    expect(there.exitCode, there.stderr).toBe(0);
    expect(there.stdout).toBe(here.stdout);
    expect(here.json().data.trades.length).toBeGreaterThan(10);
  });

  test("two backtesters share the work", async () => {
    const scaled = await stack.ttt("scale", "backtester=2");
    expect(scaled.exitCode, scaled.stderr).toBe(0);
    const runs = await Promise.all([5, 6, 7, 8].map((fast) => backtest("--remote", "--param", `fast=${fast}`)));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  });

  test("a sweep whose backtester is killed with -9 in the middle prints the very bytes of one in process", async () => {
    const many = join(stack.folder, "MANY.csv");
    await fileBarFiles.write(many, livelyBars(100_000));
    const sweep = (...more: string[]) =>
      stack.ttt(
        ...["backtest", "sweep", "sma-cross", "--data", many, "--commission", "0.001"],
        ...["--vary", "fast=5..12", "--vary", "slow=20..160:10", "--fresh", "--json", ...more],
      );
    const instances: { instance: string; pid: number }[] = (await stack.ttt("status", "--json")).json().data.instances;
    const shards = await followShards(apiOf(stack));
    const running = sweep("--remote");
    const { owner } = await shards.next((one) => one.type === "job.started");
    process.kill(instances.find(({ instance }) => instance === owner)!.pid, "SIGKILL");
    const lost = await shards.next((one) => one.type === "job.returned");
    await shards.next((one) => one.type === "job.succeeded" && one.id === lost.id);
    const there = await running;
    expect(there.exitCode, there.stderr).toBe(0);
    // The one that was killed had begun; whether it comes back in time to end anything is not said.
    const owners = new Set(shards.seen().flatMap((one) => (one.type === "job.started" ? [one.owner] : [])));
    expect(owners.size, "both took part").toBe(2);
    const here = await sweep();
    expect(there.stdout).toBe(here.stdout);
    expect(here.json().data).toMatchObject({ done: 120, failed: 0 });
    shards.close();
  });

  test("a wrong token is exit 16, and the token's file is nobody else's to read", async () => {
    const args = ["backtest", "run", "sma-cross", "--data", bars, "--remote"];
    const refused = await stack.run(args, { TTT_API_TOKEN: "a-wrong-token" });
    expect([refused.exitCode, refused.stderr]).toEqual([16, expect.stringContaining("TOKEN_WRONG")]);
    expect(statSync(join(stack.home, "secrets", "api.token")).mode & 0o777).toBe(0o600);
  });

  test("a strategy file, missing data and a malformed file are refused before anything is sent", async () => {
    const strategy = join(stack.folder, "mine.ts");
    writeFileSync(strategy, "export default 1;");
    const sent = await stack.ttt("backtest", "run", strategy, "--data", bars, "--remote");
    expect([sent.exitCode, sent.stderr]).toEqual([12, expect.stringContaining("registered strategies")]);
    const missing = await stack.ttt("backtest", "run", "sma-cross", "--data", "nothing.csv", "--remote");
    expect(missing.exitCode).toBe(12);
    const broken = join(stack.folder, "broken.csv");
    writeFileSync(broken, readFileSync(bars, "utf8").replace(/\n[^\n]*\n/, "\nnot,a,row,at,all,ever\n"));
    const malformed = await stack.ttt("backtest", "run", "sma-cross", "--data", broken, "--remote");
    expect(malformed.exitCode).toBe(11);
  });

  test("OA-01 kill, status and arm through the API, with evidence", async () => {
    const { token, url } = apiOf(stack);
    const call = (path: string, body?: object) =>
      fetch(url + path, {
        ...(body && { method: "POST", body: JSON.stringify(body) }),
        // The same request again has the same key; another one has another.
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": path },
      });
    const killed = await call("/v1/kill-switch", { reason: "test", cancel: true });
    expect(killed.status).toBe(200);
    const report = (await killed.json()) as { verdict: string; epoch: number; ordersAfter: number };
    expect(report).toMatchObject({ verdict: "verified", ordersAfter: 0 });
    expect(killReportSchema.parse(report), "the document says every field").toEqual(report);
    const again = (await (await call("/v1/kill-switch", { reason: "test", cancel: true })).json()) as { epoch: number };
    expect(again.epoch, "KS-20 the same command counts no new epoch").toBe(report.epoch);
    const status = await (await call("/v1/kill-switch")).json();
    expect(status).toMatchObject({ level: "BLOCK" });
    expect(killStatusSchema.parse(status)).toEqual(status);
    const query = "{ readKillSwitch { level stores { store says } workers { worker live } } listServices { profile } }";
    expect(await (await call("/graphql", { query })).json()).toMatchObject({
      data: { readKillSwitch: { level: "BLOCK", workers: [{ live: true }] }, listServices: { profile } },
    });
    expect((await stack.ttt("kill", "status", "--json")).json().data.level).toBe("BLOCK");
    const armed = await call("/v1/kill-switch/arm", { reason: "test over" });
    expect(armed.status).toBe(200);
    armedSchema.parse(await armed.json());
    expect(stackSchema.parse(await (await call("/v1/services")).json())).toMatchObject({ profile });
  });

  test.runIf(profile === "embedded")(
    "OA-05 --api speaks to the stack at that address from a host that has none, with a token of its own",
    async () => {
      const { url } = apiOf(stack);
      const made = await stack.ttt("token", "create", "desk", "--role", "risk", "--expires", "1h", "--json");
      const token = made.json().data.token;
      const elsewhere = join(stack.folder, "another-host");
      const there = async (...args: string[]) => {
        const env = { TTT_HOME: elsewhere, TTT_API_TOKEN: token };
        const done = await stack.run([...args, "--api", url, "--json"], env);
        return { ...done, data: done.stdout === "" ? undefined : done.json().data };
      };
      const other = ["--param", "fast=11"];
      const run = await there(
        "backtest",
        "run",
        "sma-cross",
        "--data",
        bars,
        "--commission",
        "0.001",
        "--priority",
        "7",
        ...other,
      );
      expect(run.stdout).toBe((await backtest("--no-keep", ...other)).stdout);
      const [job] = (await there("backtest", "list", "--limit", "1")).data;
      expect(job).toMatchObject({ priority: 7, submittedBy: "desk" });
      const shown = (await there("backtest", "show", job.id)).data;
      expect(shown.job).toMatchObject({ id: job.id, state: "succeeded" });
      expect(shown.report.trades.length).toBeGreaterThan(10);
      const page = (await there("backtest", "report", job.id, "--out", join(stack.folder, "there.html"))).data;
      expect(readFileSync(page.path, "utf8")).toContain("sma-cross on");
      expect((await there("backtest", "cancel", job.id)).data).toEqual({
        ...{ id: job.id, state: "succeeded", cancelled: false },
      });
      expect((await there("status")).data.instances.map((one: { service: string }) => one.service)).toContain("worker");

      const killed = await there("kill", "--reason", "test", "--cancel");
      expect([killed.exitCode, killed.data]).toMatchObject([
        0,
        { level: "BLOCK", verdict: "verified", ordersAfter: 0 },
      ]);
      expect(killed.data.workers.length).toBeGreaterThan(0);
      expect(existsSync(join(elsewhere, "kill")), "nothing of this host is stopped").toBe(false);
      expect((await there("kill", "status")).data).toMatchObject({ level: "BLOCK", epoch: killed.data.epoch });
      expect((await stack.ttt("kill", "status", "--json")).json().data.level).toBe("BLOCK");
      expect((await there("arm", "--reason", "test over")).data).toMatchObject({ outcome: "armed", scope: "global" });

      const set = await there("flag", "set", "backtest.pause", "5", "--reason", "test", "--for", "1h");
      expect(set.data).toMatchObject({ name: "backtest.pause", value: 5, set: { actor: "desk" } });
      await there("flag", "unset", "backtest.pause", "--reason", "test over");
      expect(
        (await there("flag", "list")).data.find((one: { name: string }) => one.name === "backtest.pause").value,
      ).toBe(0);

      const opened = (await there("incident", "open", "from another host", "--severity", "sev4")).data.incident;
      await there("incident", "note", opened.id, "--text", "seen from there");
      expect((await there("incident", "resolve", opened.id, "--how", "test over")).data.incident.state).toBe(
        "resolved",
      );
      const reading = (await stack.ttt("incident", "show", opened.id, "--json")).json().data;
      expect(reading.timeline.map((one: { what: string }) => one.what).join()).toContain("seen from there");
    },
  );

  test.runIf(profile === "embedded")(
    "OA-03 an API elsewhere never gets the owner's token of this stack, and a token is never on the command line",
    async () => {
      const asked: (string | undefined)[] = [];
      const stranger = createServer((request, response) => {
        asked.push(request.headers.authorization);
        response.writeHead(404).end();
      });
      const url = await new Promise<string>((resolve) => {
        stranger.listen(0, "127.0.0.1", () => {
          const address = stranger.address();
          resolve(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
        });
      });
      const refused = await stack.ttt("status", "--api", url, "--json");
      expect([refused.exitCode, refused.json().error.code]).toEqual([16, "TOKEN_MISSING"]);
      expect(asked).toEqual([]);
      const kept = join(stack.folder, "their.token");
      writeFileSync(kept, "theirs\n", { mode: 0o600 });
      const answered = await stack.ttt("status", "--api", url, "--token-file", kept, "--json");
      expect([answered.exitCode, answered.json().error.code, asked]).toEqual([14, "API_OUTAGE", ["Bearer theirs"]]);
      const clear = await stack.ttt("status", "--api", url.replace("//", "//me:secret@"), "--json");
      expect([clear.exitCode, clear.stdout]).toEqual([2, expect.not.stringContaining("secret")]);
      await new Promise((resolve) => stranger.close(resolve));
      const args = ["kill", "--reason", "test", "--api", url, "--token-file", kept, "--json"];
      const unheard = await stack.ttt(...args);
      expect([unheard.exitCode, unheard.json().error.hint]).toEqual([13, expect.stringContaining("needs no API")]);
    },
  );

  test.runIf(profile === "embedded")(
    "OA-02 the example of docs/api.md runs from the packed package, outside of it, and its types hold",
    async () => {
      const outside = join(stack.folder, "outside");
      const installed = join(outside, "node_modules", "ttt");
      mkdirSync(installed, { recursive: true });
      const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", outside];
      const [{ filename }] = JSON.parse((await execa("npm", pack, { cwd: root })).stdout);
      await execa("tar", ["xzf", join(outside, filename), "-C", installed, "--strip-components=1"]);
      // What an installation would bring along.
      symlinkSync(join(root, "node_modules", "@oazapfts"), join(outside, "node_modules", "@oazapfts"));
      const [, example] =
        /```ts\n(\/\/ nightly\.ts[\s\S]*?)```/.exec(readFileSync(join(root, "docs", "api.md"), "utf8")) ?? [];
      writeFileSync(join(outside, "nightly.ts"), example ?? "");
      writeFileSync(join(outside, "package.json"), JSON.stringify({ type: "module" }));
      const strict = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node"];
      const typeRoots = ["--typeRoots", join(root, "node_modules", "@types")];
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      await execa(process.execPath, [tsc, ...strict, ...typeRoots, "nightly.ts"], { cwd: outside });

      await stack.ttt("data", "import", bars, "--name", "goog");
      const { url, token } = apiOf(stack);
      const env = { TTT_API_URL: url, TTT_API_TOKEN: token };
      const { stdout } = await execa(process.execPath, ["nightly.ts"], { cwd: outside, env });
      expect(stdout).toContain("succeeded 100 %");
      expect(stdout).toMatch(/sharpe/);
      expect(stdout).toContain("404 BACKTEST_UNKNOWN");
      expect(stdout).toMatch(/event \d+ job\.\w+/);
    },
  );

  test("OA-01 the stream tells of services, levels, orders and fills of the stack that trades here", async () => {
    const { url, token } = apiOf(stack);
    const left = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/v1/events?after=0`, { headers, signal: left.signal });
    const wanted = new Set(["service.changed", "level.changed", "order.made", "fill.booked", "job.succeeded"]);
    for await (const { type } of readSse(response)) {
      wanted.delete(type);
      if (wanted.size === 0) break;
    }
    left.abort();
    expect([...wanted]).toEqual([]);
  });

  test("OA-03 a token is made once, speaks with its role, and is worthless when revoked", async () => {
    const made = (await stack.ttt("token", "create", "reader", "--role", "viewer", "--expires", "1h", "--json")).json();
    const { url } = apiOf(stack);
    const call = async (path: string, method = "GET") =>
      (await fetch(url + path, { method, headers: { authorization: `Bearer ${made.data.token}` } })).status;
    expect(await call("/v1/services")).toBe(200);
    expect(await call("/v1/kill-switch", "POST")).toBe(403);
    const listed = await stack.ttt("token", "list");
    expect(listed.stdout).toMatch(/reader\s+viewer/);
    expect(listed.stdout).not.toContain(made.data.token);
    expect((await stack.ttt("token", "create", "reader")).exitCode).toBe(17);
    expect((await stack.ttt("token", "revoke", "reader")).exitCode).toBe(0);
    await until("the refusal", async () => (await call("/v1/services")) === 401);
    expect((await stack.ttt("token", "revoke", "nobody")).exitCode).toBe(12);
  });

  test("the queue can be looked into, replayed and purged", async () => {
    const { data } = (await stack.ttt("queue", "list", "--json")).json();
    expect(data.counts.succeeded).toBeGreaterThan(0);
    const id = data.jobs.find((job: { state: string }) => job.state === "succeeded").id;
    expect((await stack.ttt("queue", "replay", id)).exitCode).toBe(17);
    expect((await stack.ttt("queue", "replay")).stdout).toBe("there was nothing to replay");
    const dry = (await stack.ttt("queue", "purge", "--state", "succeeded", "--dry-run", "--json")).json();
    const purged = (await stack.ttt("queue", "purge", "--state", "succeeded", "--json")).json();
    expect([dry.data.purged, purged.data.purged]).toEqual([data.counts.succeeded, data.counts.succeeded]);
  });

  test("a backtester that is killed with -9 loses no job", async () => {
    const victims = await until("both backtesters", async () => {
      const { data } = (await stack.ttt("status", "--json")).json();
      const ready = data.instances.filter(
        (one: { service: string; state: string }) => one.service === "backtester" && one.state === "ready",
      );
      return ready.length === 2 && ready;
    });
    const running = Promise.all([21, 22, 23].map((slow) => backtest("--remote", "--param", `slow=${slow}`)));
    for (const { pid } of victims) process.kill(pid, "SIGKILL");
    expect((await running).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  });

  test("without the stack it is exit 13, and nothing is left of it", async () => {
    const down = await stack.ttt("down");
    expect(down.exitCode, down.stderr).toBe(0);
    const refused = await backtest("--remote");
    expect([refused.exitCode, refused.json().error.code]).toEqual([13, "API_NOT_RUNNING"]);
    await until("the end of the API", async () => !(await stack.ttt("status")).stdout.includes("api"));
  });
});

test("a port of the API that is taken is a conflict that names its holder", async () => {
  const server = (await import("node:net")).createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  const stack = tttInOwnHome({ TTT_API_PORT: port });
  try {
    const up = await stack.ttt("up", "--json");
    expect(up.exitCode).toBe(17);
    expect(up.json().error.found).toContain(`Port ${port}`);
  } finally {
    await stack.remove();
    server.close();
  }
});
