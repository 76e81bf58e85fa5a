import { OperatorError } from "../core/errors.ts";
import type { Random } from "../core/random.ts";
import type { Bars, CurrentBar } from "./bars.ts";
import type { Broker } from "./broker.ts";
import { type ParamSet, type ParamValues, resolveParams } from "./params.ts";

/** Called at each bar's close, from the second bar on, or from the first at which every indicator has a value. */
export type OnBar = (bar: CurrentBar, broker: Broker) => void;

/** What a strategy is given once, before its first bar. */
export interface SetupContext<P extends ParamSet = ParamSet> {
  /** The bars of the first instrument. */
  readonly bars: Bars;
  readonly params: ParamValues<P>;
  /** Symbols of the run, the first being that of `bars`. */
  readonly symbols: readonly string[];
  /** Bars of another instrument of the run. Throws when there is none of that symbol. */
  instrument(symbol: string): Bars;
  /** Asks for at least this many bars before the first call, for a strategy that looks back by `at()`. */
  needBars(count: number): void;
  /** Chance that the run's seed determines. */
  readonly random: Random;
}

/** What the author of a strategy writes. */
export interface StrategyDefinition<P extends ParamSet = ParamSet> {
  /** kebab-case, unique among the strategies in use. */
  readonly name: string;
  /** One line for lists and help. */
  readonly summary?: string;
  readonly params?: P;
  /** Says what is wrong with a combination of values, or returns undefined when nothing is: `fast < slow`. */
  check?(params: ParamValues<P>): string | undefined;
  /** Builds the indicators and returns what to do at each bar. */
  setup(context: SetupContext<P>): OnBar;
}

/** A strategy as the rest of ttt uses it. */
export interface Strategy<P extends ParamSet = ParamSet> {
  readonly kind: "ttt/strategy";
  readonly name: string;
  readonly summary: string;
  readonly params: P;
  /** The text of its functions, to tell versions apart. */
  readonly source: string;
  check(params: ParamValues<P>): string | undefined;
  setup(context: SetupContext<P>): OnBar;
}

/** A strategy of any parameters. */
export type AnyStrategy = Strategy;

/** Makes a strategy from its definition. Throws OperatorError `STRATEGY_INVALID` when the definition is not one. */
export function defineStrategy<const P extends ParamSet = Record<never, never>>(
  definition: StrategyDefinition<P>,
): Strategy<P> {
  const { name, summary = "", params = {} as P } = definition;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw invalid("A strategy's name is lower case with hyphens.", String(name));
  }
  if (typeof definition.setup !== "function") throw invalid(`Strategy ${name} has no setup function.`, "none");
  resolveParams(params, Object.fromEntries(Object.entries(params).map(([key, param]) => [key, param.default])));
  return {
    kind: "ttt/strategy",
    name,
    summary,
    params,
    source: [name, JSON.stringify(params), definition.setup, definition.check].map(String).join("\n"),
    check: (values) => definition.check?.(values),
    setup: (context) => definition.setup(context),
  };
}

/** Whether a value, for instance a module's default export, came from `defineStrategy`. */
export function isStrategy(value: unknown): value is Strategy {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "ttt/strategy";
}

/** Parses and checks the given values, also against each other. Throws OperatorError. */
export function strategyParams<P extends ParamSet>(
  strategy: Strategy<P>,
  given: Readonly<Record<string, unknown>> = {},
): ParamValues<P> {
  const values = resolveParams(strategy.params, given);
  const objection = strategy.check(values);
  if (objection === undefined) return values;
  throw new OperatorError(`${strategy.name}: ${objection}`, {
    exit: "usage",
    code: "PARAM_COMBINATION",
    found: JSON.stringify(values),
  });
}

function invalid(message: string, found: string): OperatorError {
  return new OperatorError(message, { exit: "usage", code: "STRATEGY_INVALID", found });
}
