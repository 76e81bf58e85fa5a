import { rmSync } from "node:fs";
import { writePrivate } from "../adapters/files/state-files.ts";
import { listenOn } from "../adapters/process/listen.ts";
import { createMetricsServer } from "../adapters/telemetry/metrics-server.ts";
import { showProcessFigures } from "../adapters/telemetry/process-figures.ts";
import { openPromClientMetrics } from "../adapters/telemetry/prom-client-metrics.ts";
import type { Closable } from "../ports/closable.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Config } from "./config.ts";

/** What the daemon shell knows of itself; read at each scrape. */
export interface Vitals {
  readonly service: string;
  readonly instance: string;
  readonly buildHash: string;
  isReady(): boolean;
  /** The longest time the event loop did not turn since the last call, in ms. */
  takeLagMs(): number;
  progress(): ReadonlyMap<string, { readonly count: number; readonly ageMs: number }>;
}

export interface DaemonMetrics extends Metrics, Closable {
  /** From now on shown as this instance: the process has taken its place. */
  renameTo(instance: string): void;
}

/**
 * Opens a daemon's metrics and serves them at `/metrics`. The address goes into a file of the state directory which
 * Prometheus reads by itself (file_sd): it stays when the process is killed, so that Prometheus sees it as down.
 */
export async function openDaemonMetrics(config: Config, vitals: Vitals): Promise<DaemonMetrics> {
  const metrics = await openPromClientMetrics(vitals.service);
  showProcessFigures(metrics);
  showVitals(metrics, vitals);
  const server = await createMetricsServer(metrics);
  const { host, port } = await listenOn(server, config.metrics);
  let shownAs = vitals.instance;
  const show = () => {
    const labels = { service: vitals.service, instance: shownAs };
    writePrivate(config.paths.scrapeTarget(shownAs), JSON.stringify([{ targets: [`${host}:${port}`], labels }]));
  };
  const hide = () => rmSync(config.paths.scrapeTarget(shownAs), { force: true });
  show();
  return {
    ...metrics,
    renameTo(instance) {
      hide();
      shownAs = instance;
      show();
    },
    close() {
      hide();
      server.close();
      server.closeAllConnections();
    },
  };
}

function showVitals(metrics: Metrics, vitals: Vitals): void {
  metrics.set("ttt_build_info", { build: vitals.buildHash }, 1);
  metrics.onScrape(() => {
    metrics.set("ttt_daemon_ready", {}, vitals.isReady() ? 1 : 0);
    metrics.set("ttt_event_loop_lag_seconds", {}, vitals.takeLagMs() / 1000);
    for (const [what, { count, ageMs }] of vitals.progress()) {
      metrics.follow("ttt_progress_total", { what }, count);
      metrics.set("ttt_progress_age_seconds", { what }, ageMs / 1000);
    }
  });
}
