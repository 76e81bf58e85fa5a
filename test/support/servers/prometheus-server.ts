import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverFolder } from "./folder.ts";
import { freePort } from "./free-port.ts";
import { startProgram } from "./program.ts";

const COMPOSE = join(import.meta.dirname, "..", "..", "..", "compose");

export interface PrometheusServer {
  readonly url: string;
  /** The value of an instant query; throws when Prometheus does not understand it. */
  query(expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
  /** The names of all metrics it has scraped or recorded. */
  metricNames(): Promise<string[]>;
  /** The alerts that fire now, by name. */
  firing(): Promise<{ labels: Record<string, string> }[]>;
  remove(): Promise<void>;
}

/**
 * Prometheus with the very configuration of `compose/`, only quicker: it scrapes and judges each second, and no alert
 * waits to see whether its condition lasts.
 */
export async function startPrometheus(options: { home: string; alertmanager?: string }): Promise<PrometheusServer> {
  const folder = serverFolder("prometheus");
  cpSync(join(COMPOSE, "prometheus"), folder.path, { recursive: true });
  const port = await freePort();
  const change = (file: string, edit: (text: string) => string) =>
    writeFileSync(join(folder.path, file), edit(readFileSync(join(folder.path, file), "utf8")));
  change("prometheus.yml", (text) =>
    text
      .replace("scrape_interval: 5s", "scrape_interval: 1s")
      .replace("scrape_timeout: 4s", "scrape_timeout: 1s")
      .replace("evaluation_interval: 5s", "evaluation_interval: 1s")
      .replace("targets/*.json", join(options.home, "metrics", "*.json"))
      .replace("127.0.0.1:9093", options.alertmanager ?? "127.0.0.1:1")
      .replace("127.0.0.1:9090", `127.0.0.1:${port}`),
  );
  for (const file of globSync("rules/*.yml", { cwd: folder.path }))
    change(file, (text) => text.replaceAll(/for: \w+/g, "for: 0s"));

  const running = await startProgram(
    {
      command: "/usr/bin/prometheus",
      args: [
        `--config.file=${folder.path}/prometheus.yml`,
        `--storage.tsdb.path=${folder.path}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=warn",
      ],
      env: {},
    },
    {
      logFile: join(folder.path, "output.log"),
      isReady: () => answers(`http://127.0.0.1:${port}/-/ready`),
    },
  );
  const url = `http://127.0.0.1:${port}`;
  const ask = async <T>(path: string): Promise<T> => {
    const { status, data, error } = (await (await fetch(`${url}/api/v1/${path}`)).json()) as Answer<T>;
    if (status !== "success") throw new Error(`${path}: ${error}`);
    return data;
  };
  type Sample = { metric: Record<string, string>; value: [number, string] };
  type Alert = { state: string; labels: Record<string, string> };
  return {
    url,
    query: async (expr) => (await ask<{ result: Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result,
    metricNames: () => ask<string[]>("label/__name__/values"),
    firing: async () => (await ask<{ alerts: Alert[] }>("alerts")).alerts.filter(({ state }) => state === "firing"),
    async remove() {
      await running.stop();
      folder.remove();
    },
  };
}

interface Answer<T> {
  readonly status: string;
  readonly data: T;
  readonly error?: string;
}

/** Alertmanager with the configuration of `compose/`, telling `webhook` in the place of its address there. */
export async function startAlertmanager(webhook: string, token = "token-of-this-test") {
  const folder = serverFolder("alertmanager");
  const port = await freePort();
  mkdirSync(join(folder.path, "secrets"));
  writeFileSync(join(folder.path, "secrets", "api.token"), token);
  const config = readFileSync(join(COMPOSE, "alertmanager", "alertmanager.yml"), "utf8");
  writeFileSync(
    join(folder.path, "alertmanager.yml"),
    config
      .replace(/url: .*/, `url: ${webhook}`)
      .replace("group_wait: 5s", "group_wait: 0s")
      .replace("group_interval: 30s", "group_interval: 1s"),
  );
  const running = await startProgram(
    {
      command: "/usr/bin/prometheus-alertmanager",
      args: [
        `--config.file=${folder.path}/alertmanager.yml`,
        `--storage.path=${folder.path}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
      ],
      env: {},
    },
    {
      logFile: join(folder.path, "output.log"),
      isReady: () => answers(`http://127.0.0.1:${port}/-/ready`),
    },
  );
  return {
    address: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    async remove() {
      await running.stop();
      folder.remove();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
