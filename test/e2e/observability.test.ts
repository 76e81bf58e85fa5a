import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileBarFiles } from "../../src/adapters/files/file-bar-files.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { livelyBars } from "../support/market-bars.ts";
import { allQueries, metricsIn } from "../support/observability.ts";
import { type PrometheusServer, startAlertmanager, startPrometheus } from "../support/servers/prometheus-server.ts";
import { emptyDatabase, redisDatabase, virtualHost } from "../support/servers/shared.ts";
import { tttInOwnHome } from "../support/ttt.ts";
import { until } from "../support/until.ts";

interface Notice {
  readonly status: string;
  readonly labels: Record<string, string>;
}

let database: string;
let admin: Postgres;
let stack: ReturnType<typeof tttInOwnHome>;
let prometheus: PrometheusServer;
let alertmanager: Awaited<ReturnType<typeof startAlertmanager>>;
const notices: Notice[] = [];
const webhook = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    if (request.headers.authorization === "Bearer token-of-this-test") notices.push(...JSON.parse(text).alerts);
    response.end();
  });
});

beforeAll(async () => {
  database = await emptyDatabase();
  admin = await openPostgres(await emptyDatabase(), { maxConnections: 1 });
  stack = tttInOwnHome({ DATABASE_URL: database, REDIS_URL: await redisDatabase(), AMQP_URL: await virtualHost() });
  await new Promise<void>((done) => webhook.listen(0, "127.0.0.1", done));
  alertmanager = await startAlertmanager(`http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`);
  prometheus = await startPrometheus({ home: stack.home, alertmanager: alertmanager.address });
  const up = await stack.ttt("up", "--json");
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
});
afterAll(async () => {
  await stack?.remove();
  await prometheus?.remove();
  await alertmanager?.remove();
  await admin?.close();
  webhook.close();
});

const pidOf = async (instance: string): Promise<number> => {
  const { data } = (await stack.ttt("status", "--json")).json();
  return data.instances.find((one: { instance: string }) => one.instance === instance).pid;
};
const supervisorPid = () => {
  const [group] = readFileSync(join(stack.home, "logs", "supervisor.log"), "utf8")
    .trim()
    .split("\n")
    .slice(-1);
  expect(group).toBeDefined();
  const started = readFileSync(join(stack.home, "logs", "supervisor.log"), "utf8").match(
    /"pid":(\d+)[^\n]*"msg":"starting"/g,
  );
  return Number(/"pid":(\d+)/.exec(started?.at(-1) ?? "")?.[1]);
};
const apiUrl = () => (JSON.parse(readFileSync(join(stack.home, "run", "api.json"), "utf8")) as { url: string }).url;
const fires = (name: string, labels: Record<string, string> = {}) =>
  until(`the alert ${name}`, async () =>
    (await prometheus.firing()).find(
      (alert) =>
        alert.labels.alertname === name && Object.entries(labels).every(([key, value]) => alert.labels[key] === value),
    ),
  );
const ends = (name: string) =>
  until(
    `the end of the alert ${name}`,
    async () => !(await prometheus.firing()).some(({ labels }) => labels.alertname === name),
  );
const told = (status: string, name: string) =>
  until(`word of ${name} ${status}`, () =>
    notices.some((one) => one.status === status && one.labels.alertname === name),
  );

describe("OB-02 Prometheus beside a running stack", () => {
  test("OB-02 it finds every daemon by itself, and each names its service and instance", async () => {
    const instances = await until("every daemon to be scraped", async () => {
      const up = await prometheus.query('up{job="ttt"} == 1');
      return up.length >= 5 && up.map(({ metric }) => `${metric.service} ${metric.instance}`).sort();
    });
    expect(instances).toEqual([
      "api api",
      "backtester backtester-1",
      "paper-venue paper-venue",
      "supervisor supervisor",
      "worker worker-1",
    ]);
  });

  test("OB-02 every query of rules and dashboards is understood, and every metric it names is there", async () => {
    const bars = join(stack.folder, "BTC.csv");
    await fileBarFiles.write(bars, livelyBars(2_000));
    const run = await stack.ttt("backtest", "run", "sma-cross", "--data", bars, "--remote", "--json");
    expect(run.exitCode, run.stderr).toBe(0);
    // Held only while somebody may trade: it has to be seen before the kill.
    await until("the dead-man's switch at the venue", async () =>
      (await prometheus.metricNames()).includes("ttt_dead_man_seconds"),
    );
    // A blocked level makes the strategy's next order a denial.
    expect((await stack.ttt("kill", "--reason", "drill", "--json")).exitCode).toBe(0);
    await until("a denied order", async () => (await prometheus.query("sum(ttt_order_denials_total)")).length > 0);

    const queries = allQueries();
    for (const { expr } of queries) await prometheus.query(expr);
    // Rates need two scrapes, and what is recorded one more.
    let missing: string[] = [];
    const complete = until("every metric that is queried", async () => {
      await fetch(`${apiUrl()}/readyz`);
      const seen = new Set(await prometheus.metricNames());
      missing = queries.flatMap(({ where, expr }) =>
        metricsIn(expr).flatMap((name) => (seen.has(name) ? [] : [`${where}: ${name}`])),
      );
      return missing.length === 0;
    });
    await complete.catch(() => {});
    expect(missing).toEqual([]);
  });
});

describe("OB-04 figures and alerts on the command line", () => {
  test("OB-04 ttt metrics shows the same from the daemons and from Prometheus", async () => {
    const epochs = async (env: Record<string, string> = {}) => {
      const { data } = (await stack.run(["metrics", "kill_epoch", "--json"], env)).json();
      const samples: { instance: string; value: number }[] = data.samples;
      return { source: data.source, samples: samples.map(({ instance, value }) => `${instance} ${value}`).sort() };
    };
    // The API shows an epoch a moment after the worker, and Prometheus what it saw when it looked last.
    const [direct, scraped] = await until("the same epochs everywhere", async () => {
      const both = [await epochs(), await epochs({ TTT_PROMETHEUS_URL: prometheus.url })] as const;
      return new Set(both.map(({ samples }) => samples.join())).size === 1 && both;
    });
    expect([direct.source, scraped.source]).toEqual(["daemons", prometheus.url]);
    expect(direct.samples).toEqual([expect.stringMatching(/^api \d+$/), expect.stringMatching(/^worker-1 \d+$/)]);
  });

  test("OB-04 ttt metrics --query asks Prometheus, and says so when there is none", async () => {
    const env = { TTT_PROMETHEUS_URL: prometheus.url };
    await until("five daemons", async () => {
      const answer = await stack.run(["metrics", "--query", 'count(up{job="ttt"} == 1)', "--json"], env);
      return answer.json().data.samples[0]?.value === 5;
    });
    expect((await stack.run(["metrics", "--query", "rate(", "--json"], env)).exitCode).toBe(14);
    expect((await stack.ttt("metrics", "--query", "up", "--json")).json().error.code).toBe("PROMETHEUS_ABSENT");
  });

  test("OB-04 ttt alerts says the same by itself and from Alertmanager", async () => {
    await told("firing", "TradingBlocked");
    const direct = await stack.ttt("alerts", "--json");
    expect(direct.json().data).toMatchObject({ source: "daemons" });
    const from = await stack.run(["alerts", "--json"], { TTT_ALERTMANAGER_URL: alertmanager.url });
    expect(from.json().data).toMatchObject({ source: "alertmanager" });
    for (const { data } of [direct.json(), from.json()]) {
      const blocked = data.alerts.find(({ name }: { name: string }) => name === "TradingBlocked");
      expect(blocked).toMatchObject({ severity: "warning", try: "ttt kill status", labels: { instance: "worker-1" } });
    }
    expect((await stack.ttt("alerts")).stdout).toMatch(
      /^warning +TradingBlocked +now +\S+ takes no new risk +ttt kill status$/m,
    );
  });
});

describe("OB-02 alerts fire when their condition is made real", () => {
  test("OB-02 a blocked level", async () => {
    await fires("TradingBlocked");
    await told("firing", "TradingBlocked");
    const armed = await stack.ttt("arm", "--reason", "drill done");
    expect(armed.exitCode, armed.stderr).toBe(0);
    await ends("TradingBlocked");
  });

  test("OB-02 a database that turns everybody away: the API's errors, the worker's permit", async () => {
    const url = apiUrl();
    const name = new URL(database).pathname.slice(1);
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
    let burst = true;
    const bursts = (async () => {
      // What it answers, or whether it does, is not what this is about.
      while (burst) {
        const answer = await fetch(`${url}/readyz`).catch(() => undefined);
        await answer?.arrayBuffer().catch(() => {});
      }
    })();
    try {
      await fires("ErrorRate");
      await fires("PermitAge", { instance: "worker-1" });
      await told("firing", "PermitAge");
    } finally {
      burst = false;
      await bursts;
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    }
    await ends("PermitAge");
    await told("resolved", "PermitAge");
  });

  test("OB-02 a killed worker, while nothing restarts it", async () => {
    const supervisor = supervisorPid();
    const worker = await pidOf("worker-1");
    process.kill(supervisor, "SIGSTOP");
    try {
      process.kill(worker, "SIGKILL");
      await fires("DaemonDown", { instance: "worker-1" });
      const alerts = await stack.ttt("alerts", "--json");
      expect(alerts.exitCode).toBe(20);
      expect(alerts.json().data.alerts.map(({ name }: { name: string }) => name)).toContain("DaemonDown");
      await told("firing", "DaemonDown");
      // The supervisor is there, but it does not answer either.
      await fires("SupervisorMissing");
    } finally {
      process.kill(supervisor, "SIGCONT");
    }
    await ends("DaemonDown");
    await ends("SupervisorMissing");
  });

  test("OB-02 a kill that a hanging worker does not confirm", async () => {
    const sql = await openPostgres(database, { maxConnections: 1 });
    const supervisor = supervisorPid();
    const worker = await pidOf("worker-1");
    process.kill(supervisor, "SIGSTOP");
    try {
      process.kill(worker, "SIGSTOP");
      // Its permit is held for a lasting one: that it has not acknowledged must not depend on how slow the command is.
      await sql.query("UPDATE worker_ack SET permit_until = clock_timestamp() + interval '1 hour'");
      const kill = await stack.ttt("kill", "--reason", "drill", "--ack-timeout", "200", "--json");
      expect(kill.exitCode).toBe(3);
      await fires("KillUnacknowledged");
      await told("firing", "KillUnacknowledged");
    } finally {
      await sql.close();
      process.kill(worker, "SIGCONT");
      process.kill(supervisor, "SIGCONT");
    }
    await ends("KillUnacknowledged");
  });
});
