import { messageOf, OperatorError, OutageError } from "../../../core/errors.ts";
import { isExitName } from "../../../core/exit-codes.ts";
import type { Problem } from "./operations.ts";

/** The API refused: what it said, in the words and with the exit code of the command line. */
export class ApiError extends OperatorError {
  override readonly name = "ApiError";
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    const { detail, code, exit, status, expected, found, hint, retryable } = problem;
    super(detail, {
      exit: isExitName(exit) ? exit : "bug",
      code,
      retryable,
      ...(expected !== undefined && { expected }),
      ...(found !== undefined && { found }),
      ...(hint !== undefined && { hint }),
    });
    this.status = status;
    this.problem = problem;
  }
}

/** The body of an answer that is no success and no problem either: a proxy's page, or evidence beside a bad status. */
export class UnexpectedAnswer extends OutageError {
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super("api", `answered ${status} ${body.slice(0, 200)}`);
    this.status = status;
    this.body = body;
  }
}

/** What a response with a bad status says. */
export async function errorIn(response: Response): Promise<ApiError | UnexpectedAnswer> {
  const text = await response.text().catch(() => "");
  const body = parseJson(text);
  return isProblem(body) ? new ApiError(body) : new UnexpectedAnswer(response.status, text);
}

/** No answer came: nobody listens, or something broke on the way. */
export function unreachable(url: string, error: unknown): OperatorError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "ECONNREFUSED") return new OutageError("api", messageOf(cause), { cause: error, hint: "ttt status" });
  return new OperatorError("The API is not running.", {
    exit: "notRunning",
    code: "API_NOT_RUNNING",
    found: `nobody listens at ${new URL(url).origin}`,
    hint: "ttt up",
    retryable: true,
    cause: error,
  });
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const { detail, code, exit, status } = value as Record<string, unknown>;
  return [detail, code, exit].every((one) => typeof one === "string") && typeof status === "number";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
