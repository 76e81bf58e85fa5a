import type { Counter, Gauge, Histogram } from "prom-client";
import type { MetricName, MetricSpec } from "../../ops/metric-catalogue.ts";
import { isShownBy, METRICS } from "../../ops/metric-catalogue.ts";
import type { Metrics } from "../../ports/metrics.ts";
import { boundLabels } from "./bound-labels.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * The metrics of one service, kept by prom-client. All of its metrics stand from the start, counters with every listed
 * label value at 0, so that a rate sees the first event. A gauge stands only once it was set: 0 would be a lie.
 */
export async function openPromClientMetrics(service: string): Promise<Metrics> {
  const { default: prom } = await import("prom-client");
  const registry = new prom.Registry();
  const registers = [registry];
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const followed = new Map<string, number>();
  const collectors = new Set<() => void | Promise<void>>();

  const entries: [string, MetricSpec][] = Object.entries(METRICS);
  const bounds = new Map(entries.map(([name, { labels }]) => [name, boundLabels(labels ?? {})]));
  for (const [name, spec] of entries) {
    if (!isShownBy(service, spec)) continue;
    const common = { name, help: spec.help, labelNames: Object.keys(spec.labels ?? {}), registers };
    if (spec.type === "counter") {
      const counter = new prom.Counter(common);
      counters.set(name, counter);
      for (const labels of listedRows(spec)) counter.inc({ ...labels }, 0);
    } else if (spec.type === "gauge") {
      const gauge = new prom.Gauge(common);
      if (!spec.labels) gauge.remove();
      gauges.set(name, gauge);
    } else {
      histograms.set(name, new prom.Histogram({ ...common, buckets: [...(spec.buckets ?? [])] }));
    }
  }

  // Of another service's metric there is nothing to count here: code that several services share may still name it.
  const bound = (name: MetricName, labels: Labels) => bounds.get(name)?.(labels) ?? {};
  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc(bound(name, labels), by),
    follow(name, labels, total) {
      const key = JSON.stringify([name, labels]);
      const seen = followed.get(key) ?? 0;
      followed.set(key, total);
      counters.get(name)?.inc(bound(name, labels), total < seen ? total : total - seen);
    },
    set: (name, labels, value) => gauges.get(name)?.set(bound(name, labels), value),
    replace(name, rows) {
      const gauge = gauges.get(name);
      gauge?.reset();
      for (const { labels, value } of rows) gauge?.set(bound(name, labels), value);
    },
    observe: (name, labels, value) => histograms.get(name)?.observe(bound(name, labels), value),
    onScrape(collect) {
      collectors.add(collect);
      return () => collectors.delete(collect);
    },
    async render() {
      // A figure that cannot be read must not cost the scrape all the others.
      await Promise.allSettled([...collectors].map(async (collect) => collect()));
      return registry.metrics();
    },
  };
}

/** Every combination of a metric's label values, when all of them are listed. */
function listedRows(spec: MetricSpec): Labels[] {
  let rows: Labels[] = [{}];
  for (const [name, values] of Object.entries(spec.labels ?? {})) {
    if (typeof values === "number") return [];
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  }
  return spec.labels ? rows : [];
}
