import type { LogLevel, LogRecord } from "../../ports/log-files.ts";

/** A line of one of our daemons, or of PostgreSQL's own JSON log; undefined when it is neither. */
export function parseLogLine(line: string, instance: string): LogRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  return typeof fields.error_severity === "string" ? fromPostgres(fields, instance) : fromDaemon(fields, instance);
}

function fromDaemon(fields: Record<string, unknown>, instance: string): LogRecord | undefined {
  const { time, level, service, instance: own, msg, ...context } = fields;
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return {
    time: at,
    level: isLevel(level) ? level : "info",
    service: typeof service === "string" ? service : instance,
    instance: typeof own === "string" ? own : instance,
    message: typeof msg === "string" ? msg : "",
    context,
  };
}

const POSTGRES_LEVELS: Readonly<Record<string, LogLevel>> = {
  WARNING: "warn",
  ERROR: "error",
  FATAL: "error",
  PANIC: "error",
};

/** A server that begins or ends turns clients away: that is how both go, and no trouble of its own. */
const TURNED_AWAY: Readonly<Record<string, LogLevel>> = { "57P01": "warn", "57P03": "info" };

function fromPostgres(fields: Record<string, unknown>, instance: string): LogRecord | undefined {
  const {
    timestamp,
    error_severity: severity,
    message,
    pid,
    dbname,
    statement,
    detail,
    hint,
    state_code: state,
  } = fields;
  const at = Date.parse(String(timestamp).replace(" UTC", "Z").replace(" ", "T"));
  if (Number.isNaN(at)) return undefined;
  const known = Object.entries({ pid, dbname, statement, detail, hint, state }).filter(([, one]) => one !== undefined);
  return {
    time: at,
    level:
      TURNED_AWAY[String(state)] ??
      POSTGRES_LEVELS[String(severity)] ??
      (String(severity).startsWith("DEBUG") ? "debug" : "info"),
    service: "postgres",
    instance,
    message: String(message ?? ""),
    context: Object.fromEntries(known),
  };
}

function isLevel(level: unknown): level is LogLevel {
  return level === "debug" || level === "info" || level === "warn" || level === "error";
}
