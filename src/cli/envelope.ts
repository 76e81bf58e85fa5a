import { messageOf, OperatorError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { systemError } from "../core/system-error.ts";
import { ownWords, usageMessage } from "./usage-message.ts";

/** What `--json` prints: one shape for success and failure. `ok` is `exit === 0`. */
export type Envelope = SuccessEnvelope | FailureEnvelope;

export interface SuccessEnvelope {
  readonly ok: boolean;
  readonly command: string;
  readonly exit: number;
  readonly data: unknown;
}

export interface FailureEnvelope {
  readonly ok: false;
  readonly command: string;
  readonly exit: number;
  readonly error: ErrorBody;
}

export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
  readonly retryable: boolean;
}

export function successEnvelope(command: string, exit: number, data: unknown): SuccessEnvelope {
  return { ok: exit === 0, command, exit, data: data ?? null };
}

export function failureEnvelope(command: string, error: unknown): FailureEnvelope {
  return { ok: false, command, ...describe(command, systemError(error) ?? error) };
}

function describe(command: string, error: unknown): Pick<FailureEnvelope, "exit" | "error"> {
  if (error instanceof OperatorError) {
    const { code, expected, found, hint, retryable } = error.details;
    return {
      exit: error.exitCode,
      error: {
        code,
        message: ownWords(error.message),
        ...(expected !== undefined && { expected }),
        ...(found !== undefined && { found }),
        ...(hint !== undefined && { hint }),
        retryable: retryable ?? false,
      },
    };
  }
  if (isUsageError(error)) {
    const hint = ["ttt", command, "--help"].filter(Boolean).join(" ");
    return {
      exit: EXIT_CODES.usage.code,
      error: { code: "USAGE", message: usageMessage(error.message), hint, retryable: false },
    };
  }
  return {
    exit: EXIT_CODES.bug.code,
    error: { code: "BUG", message: messageOf(error), hint: "This is a defect in ttt: report it.", retryable: false },
  };
}

/** oclif's own errors (unknown command, bad flag) carry an `oclif` property; a plain throw does not. */
function isUsageError(error: unknown): error is Error & { oclif: unknown } {
  return error instanceof Error && "oclif" in error;
}
