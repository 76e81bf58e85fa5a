import type { Measure } from "../../backtest/statistics/statistics.ts";

/** What stands where a number cannot be told. */
export const NONE = "–";

const grouped = (decimals: number) =>
  new Intl.NumberFormat("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
const formats = [0, 1, 2, 3, 4].map(grouped);

/** `12,345.68` */
export function decimal(value: Measure, decimals = 2): string {
  return value === null ? NONE : formats[decimals]!.format(value).replace(/^-/, "−");
}

/** `12.3 %` of 0.123; with `sign` also `+12.3 %`. */
export function percent(value: Measure, { sign = false, decimals = 1 } = {}): string {
  if (value === null) return NONE;
  const plus = sign && value > 0 ? "+" : "";
  const digits = Math.abs(value) >= 100 ? 0 : decimals;
  return `${plus}${decimal(100 * value, digits)} %`;
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
export function duration(ms: Measure): string {
  if (ms === null) return NONE;
  const first = UNITS.findIndex(([, unit]) => ms >= unit);
  if (first === -1) return `${Math.round(ms)}ms`;
  const [name, unit] = UNITS[first]!;
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((ms % unit) / next[1]);
  return `${Math.floor(ms / unit)}${name}${rest > 0 ? ` ${rest}${next![0]}` : ""}`;
}

/** `2004-08-19`, with the time of day only where it is not midnight. */
export function moment(iso: string): string {
  const [date, clock = ""] = iso.split("T");
  return clock.startsWith("00:00:00") ? date! : `${date} ${clock.slice(0, 5)}`;
}
