import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Flags } from "@oclif/core";
import { symbolOf } from "../../actions/load-bars.ts";
import type { CalendarChoice } from "../../backtest/data/calendar.ts";
import { MARKETS } from "../../backtest/data/detect-market.ts";
import type { DataRef, RunSpec } from "../../backtest/run-spec.ts";
import { settledOptions } from "../../backtest/settled-options.ts";
import type { BacktestSpec } from "../../backtest/spec.ts";
import { CONVENTIONS } from "../../backtest/statistics/convention.ts";
import { messageOf, OperatorError } from "../../core/errors.ts";
import { type RiskFlagValues, riskFlags, riskOf } from "./risk-flags.ts";

/** The flags that say which bars and which rules: the same for run, sweep, walk-forward and Monte Carlo. */
export const runFlags = {
  data: Flags.string({
    char: "d",
    multiple: true,
    required: true,
    helpValue: "NAME|FILE",
    description: "dataset or file; SYMBOL=FILE names the instrument; once for each instrument",
  }),
  finer: Flags.string({ helpValue: "NAME|FILE", description: "finer bars, to resolve what happened within a bar" }),
  from: Flags.string({ helpValue: "TIME", description: "first time, ISO 8601 in UTC" }),
  to: Flags.string({ helpValue: "TIME", description: "end, not included" }),
  cash: Flags.string({ description: "starting cash; default 10000" }),
  commission: Flags.string({
    default: "0",
    description: "rate of the traded value on each side; 5+0.001 adds a fixed part",
  }),
  spread: Flags.string({ default: "0", description: "relative spread, paid by entries" }),
  slippage: Flags.string({ default: "0", description: "relative, on market and stop fills" }),
  leverage: Flags.string({ default: "1", description: "position value per unit of equity" }),
  "maintenance-margin": Flags.string({ default: "0", description: "liquidate below this fraction of position value" }),
  latency: Flags.integer({ default: 0, description: "bars an order is late" }),
  "volume-share": Flags.string({ description: "largest share of a bar's volume that may fill" }),
  lot: Flags.string({ helpValue: "SIZE", description: "smallest step of size, in units; default 1" }),
  fill: Flags.option({ options: ["open", "close"] as const })({
    default: "open",
    description: "market orders fill at the next open, or at the close they were made on",
  }),
  "limit-fill": Flags.option({ options: ["touch", "through"] as const })({
    default: "touch",
    description: "whether a touch fills a limit order",
  }),
  hedging: Flags.boolean({ description: "opposite orders open trades beside each other" }),
  exclusive: Flags.boolean({ description: "each order first closes what is open" }),
  finalize: Flags.boolean({ description: "close open trades at the last close" }),
  compat: Flags.option({ options: ["ttt", "backtesting.py"] as const })({
    default: "ttt",
    description: "reproduce another engine where ttt's rule differs",
  }),
  seed: Flags.integer({ default: 0, description: "seed of the strategy's chance" }),
  ...riskFlags,
  "check-lookahead": Flags.boolean({ description: "prove that no indicator reads ahead, and name it if one does" }),
  options: Flags.string({
    helpValue: "FILE",
    description: "JSON with options that have no flag: fee tiers, funding, instruments ...; flags go first",
  }),
  stall: Flags.integer({
    default: 10,
    min: 1,
    helpValue: "SECONDS",
    description: "a strategy file that stays at one bar for so long is stuck",
  }),
  convention: Flags.option({ options: CONVENTIONS })({
    default: "ttt",
    description: "whose definitions the statistics follow",
  }),
  benchmark: Flags.string({
    helpValue: "NAME|FILE",
    description: "what alpha and beta are measured against; the first instrument itself when left out",
  }),
  calendar: Flags.string({
    helpValue: "24/7|24/5|exchange|DAYS",
    description: "when the market trades, or its trading days of a year; read off the bars when left out",
  }),
};

/** Threads of a sweep. */
export const jobsFlag = Flags.integer({
  char: "j",
  default: availableParallelism(),
  defaultHelp: async () => "all cores",
  min: 1,
  max: 256,
  description: "threads",
});

/** The values of `runFlags` as oclif parses them. */
export interface RunFlagValues extends RiskFlagValues {
  readonly data: string[];
  readonly finer: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly cash: string | undefined;
  readonly commission: string;
  readonly spread: string;
  readonly slippage: string;
  readonly leverage: string;
  readonly "maintenance-margin": string;
  readonly latency: number;
  readonly "volume-share": string | undefined;
  readonly lot: string | undefined;
  readonly fill: "open" | "close";
  readonly "limit-fill": "touch" | "through";
  readonly hedging: boolean;
  readonly exclusive: boolean;
  readonly finalize: boolean;
  readonly compat: "ttt" | "backtesting.py";
  readonly seed: number;
  readonly "check-lookahead": boolean;
  readonly options: string | undefined;
  readonly stall: number;
  readonly convention: RunSpec["convention"];
  readonly benchmark: string | undefined;
  readonly calendar: string | undefined;
}

/** The part of a specification that the flags give; `params` are the strategy's own. */
export async function specOf(strategy: string, flags: RunFlagValues, params: RunSpec["params"] = {}): Promise<RunSpec> {
  const data = flags.data.map((text, index) => dataRefOf(text, index === 0 ? flags.finer : undefined));
  return {
    strategy,
    params,
    data,
    ...(flags.from !== undefined && { from: timeOf("from", flags.from) }),
    ...(flags.to !== undefined && { to: timeOf("to", flags.to) }),
    options: settledOptions({ ...(await optionsIn(flags.options)), ...optionsOf(flags, data) }),
    convention: flags.convention,
    ...(flags.benchmark !== undefined && { benchmark: dataRefOf(flags.benchmark, undefined) }),
    ...(flags.calendar !== undefined && { calendar: calendarNamed(flags.calendar) }),
  };
}

/** `key=value` texts as an object. */
export function paramsOf(texts: readonly string[] = []): Record<string, string> {
  const params: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at <= 0) throw usage(`--param ${text} is not of the form name=value.`, "--param fast=10", text);
    const name = text.slice(0, at);
    if (Object.hasOwn(params, name))
      throw usage(`--param ${name} is given twice.`, "each parameter once", texts.join(" "));
    params[name] = text.slice(at + 1);
  }
  return params;
}

function dataRefOf(text: string, finer: string | undefined): DataRef {
  const named = /^([A-Za-z0-9._:-]+)=(.+)$/.exec(text);
  const ref = named ? { ref: named[2]!, symbol: named[1]! } : { ref: text };
  return finer === undefined ? ref : { ...ref, finer };
}

/** Options from a file, checked; the schema is only loaded for it. */
async function optionsIn(path: string | undefined): Promise<BacktestSpec> {
  if (path === undefined) return {};
  const { optionsSchema } = await import("../../backtest/run-spec.ts");
  try {
    return optionsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw usage(`--options ${path} cannot be used: ${messageOf(error)}`, "a JSON file with an object of options", path);
  }
}

/** Only what differs from the defaults: a specification names what was chosen. */
function optionsOf(flags: RunFlagValues, data: readonly DataRef[]): BacktestSpec {
  const lot = flags.lot === undefined ? undefined : numberOf("lot", flags.lot);
  const risk = riskOf(flags);
  return {
    ...(flags.cash !== undefined && { cash: numberOf("cash", flags.cash) }),
    ...given("commission", commissionOf(flags.commission)),
    ...given("spread", numberOf("spread", flags.spread)),
    ...given("slippage", numberOf("slippage", flags.slippage)),
    ...given("latencyBars", flags.latency),
    ...given("maintenanceMargin", numberOf("maintenance-margin", flags["maintenance-margin"])),
    ...(Number(flags.leverage) !== 1 && { leverage: numberOf("leverage", flags.leverage) }),
    ...(flags["volume-share"] !== undefined && { volumeShare: numberOf("volume-share", flags["volume-share"]) }),
    ...(flags.hedging && { positions: "hedging" as const }),
    ...(flags.exclusive && { exclusive: true }),
    ...(flags.finalize && { finalize: true }),
    ...(flags.fill !== "open" && { fill: flags.fill }),
    ...(flags["limit-fill"] !== "touch" && { limitFill: flags["limit-fill"] }),
    ...(flags.compat !== "ttt" && { compat: flags.compat }),
    ...(risk !== undefined && { risk }),
    ...given("seed", flags.seed),
    ...(flags["check-lookahead"] && { checked: true }),
    ...(lot !== undefined && { instruments: Object.fromEntries(data.map((one) => [symbolOf(one), { lot }])) }),
  };
}

function given<K extends string, V>(name: K, value: V): { [P in K]?: V } {
  return value === 0 ? {} : ({ [name]: value } as { [P in K]?: V });
}

/** `0.001`, or `5+0.001`: cash per fill and a rate. */
function commissionOf(text: string): BacktestSpec["commission"] & {} {
  const parts = text.split("+");
  if (parts.length === 1) return numberOf("commission", text);
  if (parts.length === 2) return { fixed: numberOf("commission", parts[0]!), rate: numberOf("commission", parts[1]!) };
  throw usage(`--commission ${text} is not understood.`, "0.001, or 5+0.001", text);
}

/** `24/7`, `24/5`, `exchange`, or a number of trading days. */
function calendarNamed(text: string): CalendarChoice {
  const market = MARKETS.find((one) => one === text);
  if (market !== undefined) return market;
  const days = text.trim() === "" ? Number.NaN : Number(text);
  if (days > 0 && days <= 366) return days;
  throw usage(`--calendar ${text} is no calendar.`, "24/7, 24/5, exchange, or trading days a year such as 245", text);
}

/** Milliseconds of an ISO date or time; without a zone it is UTC. */
export function timeOf(flag: string, text: string): number {
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(text) || /^\d{4}(-\d\d){0,2}$/.test(text);
  const ms = Date.parse(zoned ? text : `${text.replace(" ", "T")}Z`);
  if (!Number.isNaN(ms)) return ms;
  throw usage(`--${flag} ${text} is no time.`, "2020-01-31 or 2020-01-31T09:30", text);
}

export function numberOf(flag: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw usage(`--${flag} ${text} is no number.`, "a number", text);
}

function usage(message: string, expected: string, found: string): OperatorError {
  return new OperatorError(message, { exit: "usage", code: "USAGE", expected, found });
}
