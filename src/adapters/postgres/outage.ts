import { messageOf, OutageError } from "../../core/errors.ts";

/** SQLSTATE classes that mean the server is not there for us: connection, shutdown, starting up, too many clients. */
const OUTAGE_STATES = /^(08|57P0|53300)/;
/** The server ends the session, or does not begin one. Wrong credentials and an unknown database are not its absence. */
const OWN_FAULT_STATES = /^(28|3D)/;
const OUTAGE_CALLS = /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|EACCES)$/;
/** What the driver says without a code when its connection breaks. */
const OUTAGE_TEXT =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|client has encountered a connection error|Cannot use a pool after|Query read timeout/i;

/** No such table, column, function or schema: dropped, not made yet, or made by another release. */
const SCHEMA_STATES: ReadonlySet<unknown> = new Set(["42P01", "42703", "42883", "3F000"]);

/**
 * An OutageError when the server could not be reached or went away, and when the tables are not there: what they come
 * back for is not this statement's to decide. Any other error (SQL, constraint) unchanged.
 */
export function asOutage(error: unknown): unknown {
  if (isOutage(error)) return new OutageError("postgres", messageOf(error), { cause: error, hint: "ttt status" });
  if (!lacksSchema(error)) return error;
  return new OutageError("postgres", `the schema does not fit: ${messageOf(error)}`, {
    cause: error,
    hint: "ttt doctor",
  });
}

const lacksSchema = (error: unknown): boolean =>
  error instanceof Error && "code" in error && SCHEMA_STATES.has(error.code);

function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof OutageError) return false;
  const code = "code" in error ? String(error.code) : "";
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  if ("severity" in error && error.severity === "FATAL") return !OWN_FAULT_STATES.test(code);
  return OUTAGE_STATES.test(code) || OUTAGE_CALLS.test(code) || OUTAGE_TEXT.test(error.message);
}
