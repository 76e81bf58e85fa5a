import { messageOf, OperatorError } from "../core/errors.ts";
import { isExitName } from "../core/exit-codes.ts";
import type { JobFailure } from "./job.ts";

/** Anything thrown, as a job keeps it. */
export function failureOf(error: unknown): JobFailure {
  if (!(error instanceof OperatorError)) {
    const stack = error instanceof Error ? error.stack : undefined;
    return { code: "BUG", message: messageOf(error), exit: "bug", ...(stack !== undefined && { hint: stack }) };
  }
  const { code, exit, expected, found, hint } = error.details;
  return {
    code,
    message: error.message,
    exit,
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
    ...(hint !== undefined && { hint }),
  };
}

/** The error that a failure came from, as far as it was kept. */
export function errorOf(failure: JobFailure): OperatorError {
  const { code, message, exit, expected, found, hint } = failure;
  return new OperatorError(message, {
    exit: isExitName(exit) ? exit : "bug",
    code,
    ...(expected !== undefined && { expected }),
    ...(found !== undefined && { found }),
    ...(hint !== undefined && { hint }),
  });
}
