import type { FoundCause } from "./cause.ts";
import type { Facts } from "./facts.ts";

const LAGGING_S = 0.5;
const LOADED = 2;
const LITTLE_DISK = 0.05;
const LITTLE_MEMORY = 0.03;
const GIGABYTE = 1024 ** 3;

/** What is wrong with the figures, and with the machine. */
export function observationCauses(facts: Facts): FoundCause[] {
  return [...scrapeCauses(facts), ...lagCauses(facts), ...hostCauses(facts)];
}

function scrapeCauses({ metrics }: Facts): FoundCause[] {
  if (metrics === undefined || "unseen" in metrics) return [];
  const { targets, prometheus, reading } = metrics.seen;
  const causes: FoundCause[] = [];
  if (prometheus?.problem) {
    causes.push({
      ...{ id: "prometheus.unreachable", symptom: "no-metrics", severity: "critical", certainty: "certain", depth: 70 },
      title: "Prometheus does not answer",
      evidence: [`${prometheus.url}: ${prometheus.problem}`],
      fix: ["no-metrics", "3.2"],
    });
  }
  const silent = new Map(reading.silent.map(({ instance, reason }) => [instance, reason]));
  // An instance that is down shows no figures, and that is not the fault of the scrape.
  const broken = targets.filter(({ instance, problem }) => problem !== null && !silent.has(instance));
  const isBroken = (name: string) => broken.some(({ instance }) => instance === name);
  if (broken.length > 0) {
    const down = (prometheus?.down ?? []).filter(isBroken);
    causes.push({
      ...{ id: "scrape.broken", symptom: "no-metrics", severity: "warning", certainty: "certain", depth: 65 },
      title: `Prometheus looks for ${broken.map(({ instance }) => instance).join(", ")} where ${broken.length === 1 ? "it is" : "they are"} not`,
      evidence: [
        ...broken.map(({ instance, address, problem }) => `${instance} at ${address ?? "no address"}: ${problem}`),
        ...(down.length === 0 ? [] : [`Prometheus sees as down: ${down.join(", ")}`]),
      ],
      fix: ["no-metrics", "3.1", `instance=${broken[0]!.instance}`],
    });
  }
  for (const { instance } of targets.filter((one) => silent.has(one.instance))) {
    causes.push({
      ...{ id: "daemon.silent", symptom: "no-metrics", severity: "critical", certainty: "certain", depth: 55 },
      title: `${instance} does not answer`,
      evidence: [silent.get(instance) ?? ""],
      fix: ["no-metrics", "3.1", `instance=${instance}`],
    });
  }
  const unseen = (prometheus?.down ?? []).filter(
    (name) => !isBroken(name) && targets.some(({ instance, problem }) => instance === name && problem === null),
  );
  if (unseen.length > 0) {
    causes.push({
      ...{ id: "prometheus.blind", symptom: "no-metrics", severity: "warning", certainty: "likely", depth: 50 },
      title: `Prometheus sees ${unseen.join(", ")} as down, and they are there`,
      evidence: ["from here their figures can be read: look at the way from Prometheus to this machine"],
      fix: ["no-metrics", "3.2"],
    });
  }
  return causes;
}

function lagCauses({ metrics }: Facts): FoundCause[] {
  if (metrics === undefined || "unseen" in metrics) return [];
  const lagging = metrics.seen.reading.samples.filter(
    ({ name, value }) => name === "ttt_event_loop_lag_seconds" && value > LAGGING_S,
  );
  if (lagging.length === 0) return [];
  return [
    {
      ...{ id: "daemon.lag", symptom: "high-latency", severity: "warning", certainty: "likely", depth: 45 },
      title: `${lagging.map(({ instance }) => instance).join(", ")} did not turn for long`,
      evidence: lagging.map(
        ({ instance, value }) => `${instance}: ${(1000 * value).toFixed(0)} ms without a turn of its event loop`,
      ),
      fix: ["high-latency", "3.3"],
    },
  ];
}

function hostCauses({ host }: Facts): FoundCause[] {
  if (!("seen" in host)) return [];
  const { cpus, load, freeDiskBytes, freeDiskPart, freeMemoryPart } = host.seen;
  const causes: FoundCause[] = [];
  if (freeDiskPart < LITTLE_DISK) {
    causes.push({
      ...{ id: "host.disk", symptom: "host-full", severity: "critical", certainty: "certain", depth: 92 },
      title: `The disk of the state directory has ${(100 * freeDiskPart).toFixed(0)} % left`,
      evidence: [`${(freeDiskBytes / GIGABYTE).toFixed(1)} GiB are free`],
      fix: ["health-verification", "3"],
    });
  }
  if (freeMemoryPart < LITTLE_MEMORY) {
    causes.push({
      ...{ id: "host.memory", symptom: "host-full", severity: "critical", certainty: "likely", depth: 92 },
      title: `The machine has ${(100 * freeMemoryPart).toFixed(0)} % of its memory left`,
      evidence: ["what asks for more may be ended by the system"],
      fix: ["health-verification", "3"],
    });
  }
  if (load > LOADED * cpus) {
    causes.push({
      ...{ id: "host.load", symptom: "high-latency", severity: "warning", certainty: "possible", depth: 40 },
      title: "The machine has more to do than it can",
      evidence: [`load ${load.toFixed(1)} on ${cpus} processors over the last minute`],
      fix: ["high-latency", "3.3"],
    });
  }
  return causes;
}
