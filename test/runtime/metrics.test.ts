import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { loadConfig } from "../../src/runtime/config.ts";
import { openDaemonMetrics } from "../../src/runtime/metrics.ts";

const home = mkdtempSync(join(tmpdir(), "ttt-metrics-"));
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("OB-01 a daemon serves its metrics on a loopback port and tells Prometheus where, until it ends", async () => {
  const config = await loadConfig({ TTT_HOME: home });
  let bars = 0;
  const metrics = await openDaemonMetrics(config, {
    service: "worker",
    instance: "worker-2",
    buildHash: "abc123",
    isReady: () => true,
    takeLagMs: () => 12,
    progress: () => new Map([["bar", { count: bars, ageMs: 250 }]]),
  });
  const file = config.paths.scrapeTarget("worker-2");
  const [group] = JSON.parse(readFileSync(file, "utf8"));
  expect(group.labels).toEqual({ service: "worker", instance: "worker-2" });
  expect(group.targets[0]).toMatch(/^127\.0\.0\.1:\d+$/);

  const scrape = async () => (await fetch(`http://${group.targets[0]}/metrics`)).text();
  bars = 3;
  await scrape();
  bars = 5;
  const text = await scrape();
  for (const row of [
    'ttt_build_info{build="abc123"} 1',
    "ttt_daemon_ready 1",
    "ttt_event_loop_lag_seconds 0.012",
    'ttt_progress_total{what="bar"} 5',
    'ttt_progress_age_seconds{what="bar"} 0.25',
  ]) {
    expect(text).toContain(`${row}\n`);
  }
  expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
  expect((await fetch(`http://${group.targets[0]}/anything`)).status).toBe(404);

  metrics.renameTo("worker-1");
  expect(existsSync(file)).toBe(false);
  const renamed = config.paths.scrapeTarget("worker-1");
  expect(JSON.parse(readFileSync(renamed, "utf8"))).toEqual([
    { targets: group.targets, labels: { service: "worker", instance: "worker-1" } },
  ]);
  await scrape();

  metrics.close();
  expect(existsSync(renamed)).toBe(false);
  await expect(scrape()).rejects.toThrow();
});
