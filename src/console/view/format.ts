const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its two largest units, coarse enough not to change every second once it is long: `2h 03m`. */
export function duration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return "-";
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / SECOND)}s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)}m`;
  if (milliseconds < DAY)
    return `${Math.floor(milliseconds / HOUR)}h ${two(Math.floor((milliseconds % HOUR) / MINUTE))}m`;
  return `${Math.floor(milliseconds / DAY)}d ${two(Math.floor((milliseconds % DAY) / HOUR))}h`;
}

/** A short wait: `0.4s`, `12s`, then as `duration`. */
export function shortWait(milliseconds: number): string {
  return milliseconds < 10 * SECOND ? `${(Math.max(0, milliseconds) / SECOND).toFixed(1)}s` : duration(milliseconds);
}

/** `22:51:04` UTC of an instant in milliseconds since the epoch. */
export function timeOfDay(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(11, 19) : "--:--:--";
}

/** `2026-03-01 22:51:04 UTC`: beside a clock on the wall it must not be taken for the time there. */
export function timestamp(at: number): string {
  return Number.isFinite(at) ? `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC` : "-";
}

/** `1,234.50` with a sign where it is wanted: `+1,234.50`. Takes exact decimal texts and never rounds them. */
export function grouped(decimal: string, options: { readonly sign?: boolean } = {}): string {
  const match = /^([+-]?)(\d+)(\.\d+)?$/.exec(decimal);
  if (!match) return decimal;
  const [, sign, whole, fraction = ""] = match;
  const isZero = /^[0.]*$/.test(`${whole}${fraction}`);
  const shown = sign === "-" && !isZero ? "-" : options.sign && !isZero ? "+" : "";
  return `${shown}${whole!.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction}`;
}

/** Amount of money for reading: two places, grouped, signed. */
export function money(amount: number): string {
  return Number.isFinite(amount) ? grouped(amount.toFixed(2), { sign: true }) : "-";
}

/** `12.3 %` of a share between 0 and 1. */
export function percent(share: number, places = 0): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(places)}%` : "-";
}

/** `1 order`, `3 orders`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
