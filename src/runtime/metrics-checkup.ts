import { readIfExists } from "../adapters/files/state-files.ts";
import { controlCall } from "../adapters/process/control-client.ts";
import { messageOf, OperatorError } from "../core/errors.ts";
import type { MetricsFacts, ScrapeTarget } from "../ops/doctor/facts.ts";
import type { StackSnapshot } from "../ops/stack-feed.ts";
import type { Config } from "./config.ts";
import { openObservatory } from "./observatory.ts";

const ANSWER_MS = 2_000;
const EXAMPLE = "ttt_build_info";

/** Reads figures as Prometheus would, and compares with what the daemons themselves say. */
export async function checkUpMetrics(config: Config): Promise<MetricsFacts> {
  const here = openObservatory({ ...config, prometheus: { url: undefined }, alertmanager: { url: undefined } });
  const reading = await here.metrics();
  const running = await instances(config);
  const [targets, prometheus] = await Promise.all([
    Promise.all(running.map((instance) => lookAtTarget(config, instance))),
    lookAtPrometheus(config),
  ]);
  return { reading, targets, prometheus };
}

/** The supervisor and every daemon it runs; what has no figures of its own is left out. */
async function instances({ paths }: Config): Promise<string[]> {
  const socket = paths.controlSocket("supervisor");
  const snapshot = (await controlCall(socket, "snapshot", undefined, { timeoutMs: ANSWER_MS })) as StackSnapshot;
  const daemons = snapshot.instances.filter(
    ({ service, state }) => state === "ready" && !["postgres", "migrations"].includes(service),
  );
  return ["supervisor", ...daemons.map(({ instance }) => instance)];
}

async function lookAtTarget({ paths }: Config, instance: string): Promise<ScrapeTarget> {
  const path = paths.scrapeTarget(instance);
  const found = (address: string | null, problem: string | null) => ({ instance, address, problem });
  const text = readIfExists(path);
  if (text === undefined) return found(null, `${path} is missing`);
  const address = /"targets":\s*\[\s*"([^"]+)"/.exec(text)?.[1];
  if (address === undefined) return found(null, `${path} names no address`);
  try {
    const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const body = await response.text();
    if (!response.ok) return found(address, `answered ${response.status}`);
    return found(address, body.includes(EXAMPLE) ? null : "somebody else's figures are there");
  } catch (error) {
    return found(address, messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error));
  }
}

async function lookAtPrometheus(config: Config): Promise<MetricsFacts["prometheus"]> {
  const { url } = config.prometheus;
  if (url === undefined) return undefined;
  try {
    const down = await openObservatory(config).query('up{job="ttt"} == 0');
    return { url, problem: null, down: (down?.samples ?? []).map(({ instance }) => instance) };
  } catch (error) {
    const found = error instanceof OperatorError ? error.message : messageOf(error);
    return { url, problem: found, down: [] };
  }
}
