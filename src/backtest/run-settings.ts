import { moment } from "./format.ts";
import type { RunReport } from "./run-report.ts";
import { DEFAULT_CASH } from "./settled-options.ts";
import type { BacktestSpec } from "./spec.ts";

/** Everything beside the parameters that decided a result, flat, by the names that people use: `commission`, `bars`. */
export type RunSettings = Readonly<Record<string, string>>;

/** What a specification means by leaving a field out. */
const DEFAULTS: BacktestSpec = {
  cash: DEFAULT_CASH,
  commission: 0,
  spread: 0,
  slippage: 0,
  latencyBars: 0,
  leverage: 1,
  maintenanceMargin: 0,
  positions: "netting",
  exclusive: false,
  fill: "open",
  limitFill: "touch",
  finalize: false,
  seed: 0,
  compat: "ttt",
};
/** Digits of a hash that tell two things apart. */
const HASH_DIGITS = 10;
const STRATEGY_HASH = /^(?!bars).* hash$/;

/** The settings of a run. `checked` is left out: it proves a result and does not change it. */
export function runSettings(
  report: Pick<RunReport, "engineVersion" | "strategy" | "strategyHash" | "data" | "options" | "stats">,
): RunSettings {
  const { engineVersion, strategy, strategyHash, data, stats } = report;
  const { checked: _checked, risk, instruments, ...options } = report.options;
  const settings: Record<string, string> = {};
  for (const [i, { symbol, hash, rows, interval, from, to, synthetic }] of data.entries()) {
    const of = i === 0 ? "" : ` ${i + 1}`;
    settings[`symbol${of}`] = symbol;
    settings[`bars${of}`] = `${rows} of ${interval}`;
    settings[`from${of}`] = moment(from);
    settings[`to${of}`] = moment(to);
    settings[`bars hash${of}`] = hash.slice(0, HASH_DIGITS);
    settings[`synthetic${of}`] = String(synthetic);
  }
  for (const [name, value] of Object.entries({ ...DEFAULTS, ...options })) settings[name] = inWords(value);
  if (risk !== undefined) settings["risk checks"] = "on";
  for (const [name, value] of Object.entries(risk?.limits ?? {})) settings[`risk ${name}`] = String(value);
  for (const [symbol, terms] of Object.entries(instruments ?? {})) settings[`terms ${symbol}`] = inWords(terms);
  settings.benchmark = stats.benchmark ?? data[0]?.symbol ?? "";
  settings.convention = stats.convention;
  settings["bars a year"] = String(stats.annualisation.periodsPerYear ?? "unknown");
  settings[`${strategy} hash`] = strategyHash.slice(0, HASH_DIGITS);
  settings.engine = engineVersion;
  return settings;
}

/** The settings in which runs differ: one text for each run, empty where a run does not have it. Another strategy is no difference of settings. */
export function differingSettings(all: readonly RunSettings[]): Record<string, string[]> {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  const values = names.map((name): [string, string[]] => [name, all.map((settings) => settings[name] ?? "")]);
  const differs = (name: string, texts: readonly string[]) =>
    new Set(STRATEGY_HASH.test(name) ? texts.filter((text) => text !== "") : texts).size > 1;
  return Object.fromEntries(values.filter(([name, texts]) => differs(name, texts)));
}

/** `0.001`, or `fixed 5 rate 0.001`. */
export function inWords(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${inWords(part)}`)
    .join(" ");
}
