import type { Measure } from "./statistics/statistics.ts";

/** What stands where a number cannot be told. */
export const NONE = "–";

/** `12,345.68`, written the same on every machine. */
export function decimal(value: Measure | undefined, decimals = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const [whole = "", part] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  const sign = value < 0 && /[1-9]/.test(whole + (part ?? "")) ? "−" : "";
  return `${sign}${grouped}${part === undefined ? "" : `.${part}`}`;
}

/** `12.3 %` of 0.123; with `sign` also `+12.3 %`. */
export function percent(value: Measure | undefined, { sign = false, decimals = 1 } = {}): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const digits = Math.abs(value) >= 100 ? 0 : decimals;
  return `${sign && value > 0 ? "+" : ""}${decimal(100 * value, digits)} %`;
}

const DAY_MS = 86_400_000;
const UNITS = [
  ["y", 365 * DAY_MS],
  ["d", DAY_MS],
  ["h", DAY_MS / 24],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** `1y 219d`, `3d 4h`, `12m`: the two largest units. */
export function duration(ms: Measure | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NONE;
  const first = UNITS.findIndex(([, unit]) => ms >= unit);
  if (first === -1) return `${Math.round(ms)}ms`;
  const [name, unit] = UNITS[first]!;
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((ms % unit) / next[1]);
  return `${Math.floor(ms / unit)}${name}${rest > 0 ? ` ${rest}${next![0]}` : ""}`;
}

/** `2004-08-19`, with the time of day only where it is not midnight. */
export function moment(time: string | number): string {
  const [date = "", clock = ""] = (typeof time === "number" ? new Date(time).toISOString() : time).split("T");
  return clock.startsWith("00:00:00") ? date : `${date} ${clock.slice(0, 5)}`;
}

/** `12.3k`, `4.1M`: for the side of a chart. */
export function short(value: number): string {
  const size = Math.abs(value);
  const [scale, letter] = size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
  const digits = Number((value / scale).toPrecision(4));
  return `${digits < 0 ? "−" : ""}${Math.abs(digits)}${letter}`;
}
