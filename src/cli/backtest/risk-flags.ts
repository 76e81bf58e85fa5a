import { readFileSync } from "node:fs";
import { Flags } from "@oclif/core";
import type { RiskTerms } from "../../backtest/spec.ts";
import { messageOf, OperatorError } from "../../core/errors.ts";
import { expectedLimitValue, isLimitName, parseLimitValue } from "../../trading/risk/limit-value.ts";
import { LIMITS, type LimitName } from "../../trading/risk/limits.ts";

/** The flags that put the pre-trade checks of live runs over a backtest's orders. */
export const riskFlags = {
  risk: Flags.string({
    multiple: true,
    helpValue: "LIMIT=VALUE",
    description: "run the pre-trade checks of live trading, with this limit: maxOrderNotional=5000",
  }),
  "risk-limits": Flags.string({
    helpValue: "FILE",
    description: "the same with the limits of a JSON file, { maxOrderNotional: 5000, ... }; --risk goes first",
  }),
};

export interface RiskFlagValues {
  readonly risk: string[] | undefined;
  readonly "risk-limits": string | undefined;
}

/** The checks that the flags ask for; undefined when none is asked for. */
export function riskOf({ risk, "risk-limits": file }: RiskFlagValues): RiskTerms | undefined {
  if (risk === undefined && file === undefined) return undefined;
  const limits: Partial<Record<LimitName, number>> = {};
  for (const [name, value] of [...(file === undefined ? [] : entriesIn(file)), ...(risk ?? []).map(entryOf)]) {
    const read = limitValue(name, value);
    // Limits that are not named do not apply either.
    if (read === null) delete limits[name as LimitName];
    else limits[name as LimitName] = read;
  }
  return { limits };
}

function entriesIn(path: string): [string, string][] {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw unusable(path, messageOf(error));
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) throw unusable(path, "no object");
  return Object.entries(found).map(([name, value]) => [name, value === null ? "none" : String(value)]);
}

function entryOf(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** In the limit's own unit, amounts in cash; null for none. */
function limitValue(name: string, text: string): number | null {
  if (!isLimitName(name)) {
    throw new OperatorError(`There is no limit ${name}.`, {
      exit: "usage",
      code: "LIMIT_UNKNOWN",
      expected: Object.keys(LIMITS).join(", "),
      found: name,
    });
  }
  const value = parseLimitValue(name, text);
  if (value === undefined) {
    throw new OperatorError(`${name} cannot be ${text === "" ? "empty" : text}.`, {
      exit: "usage",
      code: "LIMIT_VALUE_INVALID",
      expected: expectedLimitValue(name),
      found: text,
    });
  }
  return value !== null && LIMITS[name].unit === "micros" ? value / 1e6 : value;
}

function unusable(path: string, why: string): OperatorError {
  return new OperatorError(`--risk-limits ${path} cannot be used: ${why}`, {
    exit: "usage",
    code: "USAGE",
    expected: 'a JSON file with an object of limits: { "maxOrderNotional": 5000, "maxDrawdownRatio": "10%" }',
    found: path,
  });
}
