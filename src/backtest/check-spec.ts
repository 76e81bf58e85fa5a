import { OperatorError } from "../core/errors.ts";
import { isZone } from "./data/time-zone.ts";
import type { BacktestSpec } from "./spec.ts";

type NumberField = {
  [K in keyof BacktestSpec]-?: NonNullable<BacktestSpec[K]> extends number ? K : never;
}[keyof BacktestSpec];

/** A week of minutes. With more no order would ever come to anything, and nobody would be told. */
const MAX_LATENCY_BARS = 10_000;

/** Least and greatest of each number, and whether the least itself is allowed. */
const RANGES: Record<NumberField, readonly [min: number, max: number, minAllowed: boolean]> = {
  cash: [0, Number.MAX_VALUE, false],
  spread: [0, 1, true],
  latencyBars: [0, MAX_LATENCY_BARS, true],
  volumeShare: [0, 1, false],
  leverage: [0, 1000, false],
  maintenanceMargin: [0, 1, true],
  seed: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, true],
};
const WHOLE: readonly NumberField[] = ["latencyBars", "seed"];

/** A commission may be a rebate; one of more than a tenth of what is traded is a slip of the pen. */
const LEAST_RATES = { commission: -0.1, slippage: 0 } as const;

/** Throws OperatorError `SPEC_INVALID` when a field is out of range, `DATA_MISSING` or `SYMBOL_TWICE` for the data. */
export function checkSpec(spec: BacktestSpec, data: readonly { readonly symbol: string }[]): void {
  for (const [name, [min, max, minAllowed]] of Object.entries(RANGES) as [
    NumberField,
    (typeof RANGES)[NumberField],
  ][]) {
    const value = spec[name];
    if (value === undefined) continue;
    const inside = (minAllowed ? value >= min : value > min) && value <= max;
    if (!inside || (WHOLE.includes(name) && !Number.isInteger(value))) {
      const words = `${WHOLE.includes(name) ? "a whole number" : "a number"} ${minAllowed ? "from" : "above"} ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ""}`;
      throw wrong("SPEC_INVALID", `${name} is out of range.`, words, String(value));
    }
  }
  if (spec.timezone !== undefined && !isZone(spec.timezone)) {
    throw wrong("SPEC_INVALID", "timezone is unknown.", "an IANA zone such as America/New_York", spec.timezone);
  }
  for (const [name, least] of Object.entries(LEAST_RATES) as [keyof typeof LEAST_RATES, number][]) {
    const rate = spec[name];
    if (typeof rate !== "number" || (rate >= least && rate < 1)) continue;
    const expected = `a rate from ${least} to below 1; 0.001 is 0.1 %`;
    throw wrong("SPEC_INVALID", `${name} is a rate of the traded value.`, expected, String(rate));
  }
  for (const [symbol, { lot = 1, multiplier = 1 }] of Object.entries(spec.instruments ?? {})) {
    if (lot > 0 && multiplier > 0) continue;
    throw wrong("SPEC_INVALID", `${symbol}: lot and multiplier must be positive.`, "> 0", `${lot}, ${multiplier}`);
  }
  const symbols = data.map(({ symbol }) => symbol);
  if (symbols.length === 0) throw wrong("DATA_MISSING", "A backtest needs bars.", "at least one instrument", "none");
  const twice = symbols.find((symbol, index) => symbols.indexOf(symbol) !== index);
  if (twice !== undefined)
    throw wrong("SYMBOL_TWICE", `Two sets of bars are named ${twice}.`, "different symbols", twice);
}

/** Throws OperatorError `SPEC_INVALID` for terms of an instrument that is not in the data: they would change nothing. */
export function checkInstruments({ instruments = {} }: BacktestSpec, symbols: readonly string[]): void {
  const nobody = Object.keys(instruments).find((symbol) => !symbols.includes(symbol));
  if (nobody === undefined) return;
  throw wrong("SPEC_INVALID", `instruments names ${nobody}, which is not in the data.`, symbols.join(", "), nobody);
}

function wrong(code: string, message: string, expected: string, found: string): OperatorError {
  return new OperatorError(message, { exit: "usage", code, expected, found });
}
