import type { MetricSample } from "../../ops/metric-sample.ts";

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", "\\": "\\", '"': '"' };

/** The samples of a page in the Prometheus text format. */
export function parsePrometheusText(text: string, instance: string): MetricSample[] {
  const samples: MetricSample[] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(LABEL)].map(([, key = "", quoted = ""]) => [key, unquoted(quoted)] as const);
    samples.push({ name, labels: Object.fromEntries(pairs), value: numberOf(value ?? ""), instance });
  }
  return samples;
}

/** Prometheus writes infinity as `+Inf`. */
export function numberOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  return /^[+-]?Inf$/.test(text) ? sign * Number.POSITIVE_INFINITY : Number(text);
}

const unquoted = (text: string) => text.replaceAll(/\\(.)/g, (_, one: string) => ESCAPES[one] ?? one);
