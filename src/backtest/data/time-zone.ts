const HOUR_MS = 3_600_000;

/** Offsets change on quarter hours at most, so one look-up serves a quarter of an hour. */
const BUCKET_MS = HOUR_MS / 4;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offset by bucket of UTC time. Bounded: forgotten when it holds MAX_BUCKETS. */
  readonly offsets: Map<number, number>;
}

const MAX_BUCKETS = 100_000;
const zones = new Map<string, Zone>();

/** Whether the IANA database knows this zone. */
export function isZone(name: string): boolean {
  try {
    zoneNamed(name);
    return true;
  } catch {
    return false;
  }
}

/** The UTC times at which clocks in `zone` show `localMs` (as if local time were UTC): none, one, or two in order. */
export function localTimes(localMs: number, zone: string): number[] {
  const offsets = [offsetAt(localMs - 24 * HOUR_MS, zone), offsetAt(localMs + 24 * HOUR_MS, zone)];
  const times = offsets.map((offset) => localMs - offset).filter((utc, i) => offsetAt(utc, zone) === offsets[i]);
  return [...new Set(times)].sort((a, b) => a - b);
}

/** Milliseconds that clocks in `zone` are ahead of UTC at `utcMs`. */
export function offsetAt(utcMs: number, zone: string): number {
  const { format, offsets } = zoneNamed(zone);
  const bucket = Math.floor(utcMs / BUCKET_MS);
  const known = offsets.get(bucket);
  if (known !== undefined) return known;
  if (offsets.size >= MAX_BUCKETS) offsets.clear();
  const offset = measureOffset(bucket * BUCKET_MS, format);
  offsets.set(bucket, offset);
  return offset;
}

function measureOffset(utcMs: number, format: Intl.DateTimeFormat): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(utcMs)) part[type] = Number(value);
  const local = Date.UTC(part.year!, part.month! - 1, part.day, part.hour! % 24, part.minute, part.second);
  return local - utcMs;
}

function zoneNamed(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const zone = { format, offsets: new Map<number, number>() };
  zones.set(name, zone);
  return zone;
}
