import { OperatorError } from "../core/errors.ts";

/** A whole number with a range. `step` is the grid of a sweep that names no values. */
export interface IntegerParam {
  readonly kind: "integer";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly summary?: string;
}

/** A real number with a range. */
export interface NumberParam {
  readonly kind: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly summary?: string;
}

/** One of a few texts. */
export interface ChoiceParam<T extends string = string> {
  readonly kind: "choice";
  readonly default: T;
  readonly choices: readonly T[];
  readonly summary?: string;
}

export interface BooleanParam {
  readonly kind: "boolean";
  readonly default: boolean;
  readonly summary?: string;
}

export type Param = IntegerParam | NumberParam | ChoiceParam | BooleanParam;
export type ParamSet = Readonly<Record<string, Param>>;
export type ParamValue = number | string | boolean;

/** The values a strategy receives for its declared parameters. */
export type ParamValues<P extends ParamSet = ParamSet> = {
  readonly [K in keyof P]: P[K] extends ChoiceParam<infer T>
    ? T
    : P[K] extends BooleanParam
      ? boolean
      : P[K] extends IntegerParam | NumberParam
        ? number
        : ParamValue;
};

interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly summary?: string;
}

/** Declares a whole-number parameter: `integer(10, { min: 2, max: 200 })`. */
export function integer(byDefault: number, range: Range = {}): IntegerParam {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, step = 1, ...rest } = range;
  return { kind: "integer", default: byDefault, min, max, step, ...rest };
}

/** Declares a real-number parameter: `number(0.02, { min: 0, max: 0.2, summary: "stop distance" })`. */
export function number(byDefault: number, range: Range = {}): NumberParam {
  const { min = -Infinity, max = Infinity, ...rest } = range;
  return { kind: "number", default: byDefault, min, max, ...rest };
}

/** Declares a parameter with a few allowed texts: `choice("long", ["long", "short", "both"])`. */
export function choice<const T extends string>(
  byDefault: NoInfer<T>,
  choices: readonly T[],
  options: { readonly summary?: string } = {},
): ChoiceParam<T> {
  return { kind: "choice", default: byDefault, choices, ...options };
}

/** Declares an on-off parameter: `boolean(true)`. */
export function boolean(byDefault: boolean, options: { readonly summary?: string } = {}): BooleanParam {
  return { kind: "boolean", default: byDefault, ...options };
}

/**
 * The full set of values: what was given, parsed and checked, and defaults for the rest.
 * Given values may be texts, as they come from a command line. Throws OperatorError `PARAM_UNKNOWN` or `PARAM_INVALID`.
 */
export function resolveParams<P extends ParamSet>(
  params: P,
  given: Readonly<Record<string, unknown>> = {},
): ParamValues<P> {
  for (const name of Object.keys(given)) if (!Object.hasOwn(params, name)) throw unknownParam(name, params);
  const entries = Object.entries(params).map(([name, param]) => [name, resolveParam(name, param, given[name])]);
  return Object.fromEntries(entries) as ParamValues<P>;
}

/** One value, parsed and checked; the default when `given` is undefined. */
export function resolveParam(name: string, param: Param, given: unknown): ParamValue {
  if (given === undefined) return param.default;
  const value = parse(param, given);
  if (value === undefined) throw invalidParam(name, param, given);
  return value;
}

/** What a parameter accepts, in words: `a whole number from 2 to 200`. */
export function describeParam(param: Param): string {
  switch (param.kind) {
    case "boolean":
      return "true or false";
    case "choice":
      return `one of ${param.choices.join(", ")}`;
    default:
      return `a ${param.kind === "integer" ? "whole number" : "number"}${describeRange(param)}`;
  }
}

function describeRange({ min, max }: IntegerParam | NumberParam): string {
  const from = min > Number.MIN_SAFE_INTEGER ? ` from ${min}` : "";
  return max < Number.MAX_SAFE_INTEGER ? `${from} to ${max}` : from;
}

function parse(param: Param, given: unknown): ParamValue | undefined {
  switch (param.kind) {
    case "boolean":
      if (typeof given === "boolean") return given;
      return given === "true" ? true : given === "false" ? false : undefined;
    case "choice":
      return param.choices.find((one) => one === given);
    default: {
      const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
      if (typeof value !== "number" || Number.isNaN(value)) return undefined;
      if (param.kind === "integer" && !Number.isInteger(value)) return undefined;
      return value >= param.min && value <= param.max ? value : undefined;
    }
  }
}

function unknownParam(name: string, params: ParamSet): OperatorError {
  return new OperatorError(`The strategy has no parameter ${name}.`, {
    exit: "usage",
    code: "PARAM_UNKNOWN",
    expected: Object.keys(params).join(", ") || "no parameters",
    found: name,
  });
}

function invalidParam(name: string, param: Param, given: unknown): OperatorError {
  return new OperatorError(`Parameter ${name} does not accept ${String(given)}.`, {
    exit: "usage",
    code: "PARAM_INVALID",
    expected: describeParam(param),
    found: String(given),
  });
}
