import { OperatorError } from "../core/errors.ts";
import type { LogLevel, LogRecord } from "../ports/log-files.ts";

export type { LogLevel, LogRecord };

export interface LogQuery {
  readonly level: LogLevel;
  /** Oldest and newest time, as text: `10m`, `2h`, `1d` ago, or an ISO time. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** A regular expression over message and context, whatever the case. */
  readonly grep?: string | undefined;
}

const WEIGHT: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Whether a line is wanted. Throws `usage` when the query itself is wrong. */
export function logFilter(query: LogQuery, now: number): (record: LogRecord) => boolean {
  const from = query.since === undefined ? Number.NEGATIVE_INFINITY : parseMoment(query.since, now);
  const to = query.until === undefined ? Number.POSITIVE_INFINITY : parseMoment(query.until, now);
  const pattern = query.grep === undefined ? undefined : parsePattern(query.grep);
  return (record) =>
    WEIGHT[record.level] >= WEIGHT[query.level] &&
    record.time >= from &&
    record.time <= to &&
    (pattern === undefined || pattern.test(record.message) || pattern.test(JSON.stringify(record.context)));
}

function parseMoment(text: string, now: number): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return now - Number(amount) * UNIT_MS[unit]!;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new OperatorError(`${text} is not a time.`, {
    exit: "usage",
    code: "TIME_INVALID",
    expected: "an age (30s, 10m, 2h, 1d) or an ISO time (2026-05-01T09:30:00Z)",
    found: text,
    hint: "ttt logs --since 10m",
  });
}

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new OperatorError(`${text} is not a regular expression.`, {
      exit: "usage",
      code: "PATTERN_INVALID",
      found: error instanceof Error ? error.message : text,
      hint: "Put a backslash before characters that are meant as they stand.",
    });
  }
}
