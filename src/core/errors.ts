import { EXIT_CODES, type ExitName } from "./exit-codes.ts";

/** What an error tells the operator, beside its message. */
export interface ErrorDetails {
  /** Why ttt ends with this: a row of the exit-code table. */
  readonly exit: ExitName;
  /** Stable machine-readable name, upper snake case: `STRATEGY_UNKNOWN`. */
  readonly code: string;
  /** What was expected. */
  readonly expected?: string;
  /** What was found instead. */
  readonly found?: string;
  /** What to do next: a command or a sentence. */
  readonly hint?: string;
  /** Whether the same call may succeed later. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** An error made for the person at the terminal: what happened, what was found, what to try. */
export class OperatorError extends Error {
  override readonly name: string = "OperatorError";
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.details = details;
  }

  get exitCode(): number {
    return EXIT_CODES[this.details.exit].code;
  }
}

/** A dependency (`postgres`, `redis`, `api` ...) did not answer or answered with its own failure. */
export class OutageError extends OperatorError {
  override readonly name = "OutageError";
  readonly dependency: string;

  constructor(dependency: string, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(`${dependency}: ${message}`, {
      exit: "outage",
      code: `${dependency.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_")}_OUTAGE`,
      retryable: true,
      ...options,
    });
    this.dependency = dependency;
  }
}

/** Fails on a broken invariant: a defect of ours, never of the input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** For the `default` of an exhaustive switch: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
