import { describe, expect, test } from "vitest";
import { openPromClientMetrics } from "../../../src/adapters/telemetry/prom-client-metrics.ts";
import { isShownBy, METRICS, type MetricSpec } from "../../../src/ops/metric-catalogue.ts";

const rows = (text: string, name: string) => text.split("\n").filter((line) => new RegExp(`^${name}[{ ]`).test(line));

describe("OB-01 metrics kept by prom-client", () => {
  test("OB-01 a counter with listed labels stands at 0 before its first event", async () => {
    const metrics = await openPromClientMetrics("worker");
    expect(rows(await metrics.render(), "ttt_orders_total")).toContain('ttt_orders_total{event="rejected"} 0');
    metrics.count("ttt_orders_total", { event: "rejected" });
    metrics.count("ttt_orders_total", { event: "rejected" }, 2);
    expect(rows(await metrics.render(), "ttt_orders_total")).toContain('ttt_orders_total{event="rejected"} 3');
  });

  test("OB-01 a gauge stands only once it was set: a permit of age 0 would be a lie", async () => {
    const metrics = await openPromClientMetrics("worker");
    expect(rows(await metrics.render(), "ttt_permit_age_seconds")).toEqual([]);
    metrics.set("ttt_permit_age_seconds", {}, 0.5);
    expect(rows(await metrics.render(), "ttt_permit_age_seconds")).toEqual(["ttt_permit_age_seconds 0.5"]);
  });

  test("OB-01 replacing a gauge's rows ends those that are not among them", async () => {
    const metrics = await openPromClientMetrics("supervisor");
    metrics.replace("ttt_service_state", [{ labels: { daemon: "api", state: "starting" }, value: 1 }]);
    metrics.replace("ttt_service_state", [{ labels: { daemon: "api", state: "ready" }, value: 1 }]);
    expect(rows(await metrics.render(), "ttt_service_state")).toEqual([
      'ttt_service_state{daemon="api",state="ready"} 1',
    ]);
  });

  test("OB-01 label sets are bounded: what comes after the bound is counted as other", async () => {
    const metrics = await openPromClientMetrics("worker");
    for (let index = 0; index < 1_000; index++) metrics.count("ttt_order_denials_total", { code: `CODE_${index}` });
    const denials = rows(await metrics.render(), "ttt_order_denials_total");
    expect(denials).toHaveLength(METRICS.ttt_order_denials_total.labels.code + 1);
    expect(denials).toContain('ttt_order_denials_total{code="other"} 872');
  });

  test("OB-01 figures are collected at a scrape only, and one that fails costs no other", async () => {
    const metrics = await openPromClientMetrics("worker");
    let asked = 0;
    metrics.onScrape(() => Promise.reject(new Error("no figure")));
    const cancel = metrics.onScrape(() => metrics.set("ttt_kill_epoch", {}, ++asked));
    expect(asked).toBe(0);
    expect(rows(await metrics.render(), "ttt_kill_epoch")).toEqual(["ttt_kill_epoch 1"]);
    cancel();
    await metrics.render();
    expect(asked).toBe(1);
  });

  test("OB-01 a counter that is kept elsewhere is followed, also when it begins anew", async () => {
    const metrics = await openPromClientMetrics("supervisor");
    for (const total of [2, 5, 1]) {
      metrics.follow("ttt_service_restarts_total", { daemon: "worker-1", cause: "crash" }, total);
    }
    expect(rows(await metrics.render(), "ttt_service_restarts_total")).toEqual([
      'ttt_service_restarts_total{daemon="worker-1",cause="crash"} 6',
    ]);
  });

  test("OB-01 another service's metric costs nothing and is not shown", async () => {
    const metrics = await openPromClientMetrics("backtester");
    metrics.count("ttt_orders_total", { event: "filled" });
    expect(await metrics.render()).not.toContain("ttt_orders_total");
  });

  test.each(["worker", "api", "backtester", "supervisor"])("OB-01 %s has every metric of its own", async (service) => {
    const text = await (await openPromClientMetrics(service)).render();
    for (const [name, spec] of Object.entries<MetricSpec>(METRICS)) {
      expect(text.includes(`# HELP ${name} `), name).toBe(isShownBy(service, spec));
    }
  });
});

describe("OB-01 the catalogue", () => {
  test.each(Object.entries<MetricSpec>(METRICS))("OB-01 %s has a name by the rule and bounded labels", (name, spec) => {
    expect(name).toMatch(/^(ttt|process|nodejs)(_[a-z]+)+$/);
    expect(name.endsWith("_total")).toBe(spec.type === "counter");
    if (spec.type === "histogram") expect(name).toMatch(/_seconds$/);
    expect(spec.help).toMatch(/\.$/);
    for (const bound of Object.values(spec.labels ?? {})) {
      expect(typeof bound === "number" ? bound : bound.length).toBeLessThanOrEqual(128);
    }
  });
});
