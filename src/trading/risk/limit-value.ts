import { parseDuration } from "../../core/parse-duration.ts";
import { LIMITS, type LimitName } from "./limits.ts";

const NONE = "none";

export const isLimitName = (text: string): text is LimitName => Object.hasOwn(LIMITS, text);

/**
 * The value of a limit as people write it: amounts in the account's currency, ratios as `0.05` or `5%`, times as `90s`
 * or milliseconds, `none` for no limit on purpose. Undefined when it is none of these.
 */
export function parseLimitValue(name: LimitName, text: string): number | null | undefined {
  if (text === NONE) return null;
  const { unit } = LIMITS[name];
  if (unit === "ms") return parseDuration(text) ?? number(text, true);
  if (unit === "micros") return scaled(number(text), 1e6);
  if (unit === "ratio") return text.endsWith("%") ? divided(number(text.slice(0, -1)), 100) : number(text);
  return number(text, true);
}

/** The same way back, with its unit. */
export function describeLimitValue(name: LimitName, value: number | null): string {
  if (value === null) return NONE;
  switch (LIMITS[name].unit) {
    case "micros":
      return String(value / 1e6);
    case "ratio":
      return String(value);
    case "ms":
      return `${value}ms`;
    case "lots":
      return `${value} lots`;
    case "count":
      return String(value);
  }
}

/** What can be written for it. */
export function expectedLimitValue(name: LimitName): string {
  const forms = {
    micros: "an amount of the account's currency",
    ratio: "a ratio such as 0.05 or 5%",
    ms: "a time such as 90s, or milliseconds",
    lots: "a whole number of lots",
    count: "a whole number",
  };
  return `${forms[LIMITS[name].unit]}, or none`;
}

function number(text: string, whole = false): number | undefined {
  if (!/^\d{1,15}(\.\d{1,9})?$/.test(text)) return undefined;
  const value = Number(text);
  return whole && !Number.isSafeInteger(value) ? undefined : value;
}

const scaled = (value: number | undefined, by: number) => (value === undefined ? undefined : Math.round(value * by));
const divided = (value: number | undefined, by: number) => (value === undefined ? undefined : value / by);
