import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { METRICS, type MetricSpec } from "../../src/ops/metric-catalogue.ts";
import { allQueries, dashboards, metricsIn, rules } from "../support/observability.ts";

const compose = join(import.meta.dirname, "..", "..", "compose");

describe("OB-02 Prometheus and Alertmanager accept their configuration", () => {
  test("OB-02 promtool check config", async () => {
    const { stdout } = await execa("promtool", ["check", "config", "prometheus.yml"], {
      cwd: join(compose, "prometheus"),
    });
    expect(stdout).toContain("is valid prometheus config file syntax");
  });

  test("OB-02 promtool test rules: every alert at both sides of its condition", async () => {
    const cwd = join(compose, "prometheus", "tests");
    const { stdout } = await execa("promtool", ["test", "rules", "rules.test.yml"], { cwd });
    expect(stdout).toContain("SUCCESS");
    const tested = readFileSync(join(cwd, "rules.test.yml"), "utf8");
    for (const { alert } of rules()) if (alert) expect(tested).toContain(`alertname: ${alert}`);
  });

  test("OB-02 amtool check-config", async () => {
    const { stdout } = await execa("amtool", ["check-config", join(compose, "alertmanager", "alertmanager.yml")]);
    expect(stdout).toContain("SUCCESS");
  });
});

describe("OB-02 rules and dashboards", () => {
  test.each(rules().filter(({ alert }) => alert !== undefined))(
    "OB-02 $alert says what happened and what to type",
    (rule) => {
      expect(["critical", "warning", "info"]).toContain(rule.labels?.severity);
      expect(rule.annotations).toMatchObject({
        summary: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\.$/),
        try: expect.stringMatching(/^(ttt|redis-cli) /),
      });
    },
  );

  test("OB-02 what has to be known has its rule, with its bound", () => {
    const exprs = Object.fromEntries(rules().flatMap(({ alert, expr }) => (alert ? [[alert, expr]] : [])));
    expect(exprs).toMatchObject({
      ErrorRate: expect.stringMatching(/> 0\.05$/),
      Latency: expect.stringMatching(/p95.*> 0\.2$/),
      RedisMemory: expect.stringMatching(/> 0\.8$/),
      StaleFeed: expect.stringContaining("ttt_market_tick_age_seconds"),
      PermitAge: expect.stringContaining("ttt_permit_age_seconds"),
      KillUnacknowledged: expect.stringContaining("ttt_kill_unacknowledged_seconds"),
      JobBacklog: expect.stringContaining("ttt_jobs_waiting"),
      CrashLoop: expect.stringContaining("quarantined"),
    });
  });

  test("KS-33 a permit older than its life and epochs that differ are alerts for a person at once", () => {
    const expr = (name: string) => rules().find(({ alert }) => alert === name);
    expect(expr("PermitAge")).toMatchObject({
      expr: "ttt_permit_age_seconds > ttt_permit_life_seconds",
      labels: { severity: "critical" },
    });
    expect(expr("EpochDisagreement")).toMatchObject({
      expr: "max(ttt_kill_epoch) - min(ttt_kill_epoch) > 0",
      labels: { severity: "critical" },
    });
  });

  test("OB-02 every metric that a query names is one that a daemon shows, or is recorded", () => {
    const shown = Object.entries<MetricSpec>(METRICS).flatMap(([name, { type }]) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    );
    const known = new Set([...shown, ...rules().flatMap(({ record }) => record ?? []), "up", "ALERTS"]);
    for (const { where, expr } of allQueries()) {
      const used = metricsIn(expr);
      expect(used.length, `${where}: ${expr}`).toBeGreaterThan(0);
      for (const name of used) expect(known, `${where}: ${expr}`).toContain(name);
    }
  });

  test("OB-02 every metric that daemons show is on a dashboard or in a rule, or says why it is not", () => {
    const queries = allQueries()
      .map(({ expr }) => expr)
      .join("\n");
    // Read by people at one process; no line of its own.
    const alone = [
      "process_start_time_seconds",
      "nodejs_heap_size_total_bytes",
      "ttt_build_info",
      "ttt_daemon_ready",
      "ttt_progress_age_seconds",
    ];
    const unseen = Object.keys(METRICS).filter((name) => !queries.includes(name) && !alone.includes(name));
    expect(unseen).toEqual([]);
  });

  test.each([...dashboards()])(
    "OB-02 the dashboard %s is well-formed: own ids, panels side by side within the grid",
    (_file, { panels, title, uid }) => {
      expect(title).toMatch(/^ttt: /);
      expect(uid).toMatch(/^ttt-/);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const [index, { gridPos: one }] of panels.entries()) {
        expect(one.x + one.w).toBeLessThanOrEqual(24);
        for (const { gridPos: other } of panels.slice(index + 1)) {
          const apart =
            one.x + one.w <= other.x ||
            other.x + other.w <= one.x ||
            one.y + one.h <= other.y ||
            other.y + other.h <= one.y;
          expect(apart).toBe(true);
        }
      }
    },
  );
});

describe("OB-02 compose.yaml", () => {
  interface Service {
    readonly image: string;
    readonly volumes?: readonly string[];
    readonly ports?: readonly string[];
    readonly network_mode?: string;
  }
  const file = parse(readFileSync(join(compose, "compose.yaml"), "utf8")) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
  };
  test.each(Object.entries(file.services))(
    "OB-02 %s is pinned, mounts what exists, and is not open to the network",
    (_name, service) => {
      expect(service.image).toMatch(/:v?\d/);
      for (const volume of service.volumes ?? []) {
        const [source = ""] = volume.split(":");
        if (source.startsWith("./")) expect(existsSync(join(compose, source)), volume).toBe(true);
        else if (!source.startsWith("$")) expect(Object.keys(file.volumes)).toContain(source);
      }
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    },
  );

  test("OB-02 what shares the host's network listens on the loopback interface only", () => {
    const texts = ["compose.yaml", "otel/collector.yaml", "tempo/tempo.yaml"].map((path) =>
      readFileSync(join(compose, path), "utf8"),
    );
    expect(texts.join("\n")).not.toMatch(/0\.0\.0\.0/);
    expect(
      texts
        .join("\n")
        .match(/(web\.listen-address|endpoint:|http_listen_address|GF_SERVER_HTTP_ADDR)[=: ]+(?!127\.0\.0\.1)\S/g),
    ).toBeNull();
  });
});
