const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNITS: ReadonlyArray<readonly [string, number]> = [
  ["y", 365 * DAY_MS],
  ["mo", 30 * DAY_MS],
  ["w", 7 * DAY_MS],
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["m", MINUTE_MS],
  ["s", 1000],
];

/** `1m`, `4h`, `1d`, `1mo`: months and years by their usual lengths. */
export function intervalName(intervalMs: number): string {
  if (intervalMs >= 28 * DAY_MS && intervalMs <= 31 * DAY_MS) return "1mo";
  if (intervalMs >= 89 * DAY_MS && intervalMs <= 92 * DAY_MS) return "3mo";
  if (intervalMs >= 365 * DAY_MS && intervalMs <= 366 * DAY_MS) return "1y";
  for (const [name, ms] of UNITS) {
    if (name !== "y" && name !== "mo" && intervalMs >= ms && intervalMs % ms === 0) return `${intervalMs / ms}${name}`;
  }
  return `${intervalMs}ms`;
}

/** Milliseconds of `90s`, `5m`, `1h`, `1d`, `1w`, `1mo`; undefined when it is none of these. */
export function parseInterval(text: string): number | undefined {
  const match = /^(\d+)\s*(ms|s|m|min|h|d|w|mo|M|y)$/.exec(text.trim());
  if (!match) return undefined;
  const name = match[2] === "M" ? "mo" : match[2] === "min" ? "m" : match[2];
  const unit = name === "ms" ? 1 : UNITS.find(([one]) => one === name)?.[1];
  return unit === undefined || Number(match[1]) === 0 ? undefined : Number(match[1]) * unit;
}
