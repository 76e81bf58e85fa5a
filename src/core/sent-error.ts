import { type ErrorDetails, messageOf, OperatorError } from "./errors.ts";

/** An error as plain data, to cross a thread or a socket. The cause stays behind; its stack is in the hint. */
export interface SentError {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly details?: Omit<ErrorDetails, "cause">;
}

export function packError(error: unknown): SentError {
  const stack = error instanceof Error ? error.stack : undefined;
  if (!(error instanceof OperatorError)) return { message: messageOf(error), stack };
  const { cause: _cause, ...details } = error.details;
  return { message: error.message, stack, details };
}

/** The error that was packed; an unexpected one keeps the stack of where it was thrown. */
export function unpackError({ message, stack, details }: SentError): Error {
  const error = details === undefined ? new Error(message) : new OperatorError(message, details);
  if (stack !== undefined) error.stack = stack;
  return error;
}
