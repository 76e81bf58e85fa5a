import { OperatorError } from "../../core/errors.ts";
import { type Param, type ParamSet, type ParamValue, resolveParam } from "../../strategy/params.ts";

/** What one parameter may be in a sweep. */
export type Dimension = DiscreteDimension | ContinuousDimension;

/** Some values, in order. */
export interface DiscreteDimension {
  readonly kind: "discrete";
  readonly name: string;
  readonly values: readonly ParamValue[];
}

/** Any number of a range, for the methods that draw. */
export interface ContinuousDimension {
  readonly kind: "continuous";
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** A range without a step over more values than this is a slip of the keyboard. */
const MAX_VALUES = 100_000;

/**
 * Reads `fast=5..24`, `slow=30..120:5`, `stop=0.01..0.1`, `side=long,short`. A number's range without a step is
 * continuous; a whole number's goes by its own step. Every value must be one that the strategy accepts.
 */
export function parseDimension(text: string, params: ParamSet): Dimension {
  const match = /^([A-Za-z_$][\w$]*)=(.+)$/.exec(text);
  if (!match) throw wrong(text, "name=from..to, name=from..to:step or name=a,b,c");
  const [, name = "", values = ""] = match;
  const param = params[name];
  if (!param) throw wrong(text, `one of ${Object.keys(params).join(", ") || "no parameters"}`);
  const range = /^(-?[\d.e+-]+?)\.\.(-?[\d.e+-]+?)(?::([\d.e+-]+))?$/i.exec(values);
  if (range) return rangeOf(name, param, text, range.slice(1));
  return { kind: "discrete", name, values: values.split(",").map((one) => resolveParam(name, param, one.trim())) };
}

function rangeOf(name: string, param: Param, text: string, parts: readonly (string | undefined)[]): Dimension {
  const [min, max, step] = parts.map((part) => (part === undefined ? undefined : Number(part)));
  if (min === undefined || max === undefined || !(min <= max)) throw wrong(text, "from..to with from not above to");
  resolveParam(name, param, min);
  resolveParam(name, param, max);
  const stride = step ?? (param.kind === "integer" || param.kind === "number" ? param.step : undefined);
  if (stride === undefined) return { kind: "continuous", name, min, max };
  if (!(stride > 0)) throw wrong(text, "a step above zero");
  const count = Math.floor((max - min) / stride + 1e-9) + 1;
  if (count > MAX_VALUES) throw wrong(text, `at most ${MAX_VALUES} values`);
  const values = Array.from({ length: count }, (_, i) => Number((min + i * stride).toPrecision(12)));
  return { kind: "discrete", name, values: values.map((value) => resolveParam(name, param, value)) };
}

/** Number of combinations; Infinity when a dimension is continuous. */
export function sizeOf(space: readonly Dimension[]): number {
  return space.reduce(
    (size, one) => size * (one.kind === "discrete" ? one.values.length : Number.POSITIVE_INFINITY),
    1,
  );
}

/** The value at a position in [0, 1) of a dimension. */
export function valueAt(dimension: Dimension, position: number): ParamValue {
  if (dimension.kind === "continuous") return dimension.min + position * (dimension.max - dimension.min);
  return dimension.values[Math.min(dimension.values.length - 1, Math.floor(position * dimension.values.length))]!;
}

function wrong(text: string, expected: string): OperatorError {
  return new OperatorError(`--vary ${text} is not understood.`, {
    exit: "usage",
    code: "RANGE_INVALID",
    expected,
    found: text,
  });
}
