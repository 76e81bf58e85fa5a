import { z } from "zod";
import { messageOf, OperatorError } from "../../src/core/errors.ts";
import type { ExitName } from "../../src/core/exit-codes.ts";

/** RFC 9457, with what an operator error says besides. */
export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe("stable, upper snake case"),
    exit: z.string().describe("name of the exit code that the command line would end with"),
    expected: z.string().optional(),
    found: z.string().optional(),
    hint: z.string().optional(),
    retryable: z.boolean(),
    requestId: z.string(),
    errors: z.array(z.strictObject({ at: z.string(), message: z.string() })).optional(),
    report: z.looseObject({}).optional().describe("of a kill that was carried out although its key was used before"),
  })
  .meta({ id: "Problem", description: "What went wrong, and what to try" });

export type Problem = z.output<typeof problemSchema>;

const STATUS: Readonly<Record<ExitName, number>> = {
  ok: 200,
  bug: 500,
  usage: 400,
  killUnacknowledged: 500,
  killResidualOrders: 500,
  killResidualPosition: 500,
  killNotStored: 503,
  configuration: 500,
  badData: 422,
  notFound: 404,
  notRunning: 503,
  outage: 503,
  timeout: 504,
  unauthorized: 401,
  conflict: 409,
  refused: 403,
  jobFailed: 422,
  unhealthy: 503,
  stepFailed: 500,
  interrupted: 503,
};

/** A refusal with a status of its own: too large, method not allowed, wrong host. */
export class HttpRefusal extends OperatorError {
  readonly status: number;
  /** What was done all the same. */
  readonly report: object | undefined;
  constructor(
    status: number,
    message: string,
    details: ConstructorParameters<typeof OperatorError>[1],
    report?: object,
  ) {
    super(message, details);
    this.status = status;
    this.report = report;
  }
}

/** Anything thrown, as a problem. Defects keep their details to the log. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof OperatorError) {
    const { code, exit, expected, found, hint, retryable } = error.details;
    const status = error instanceof HttpRefusal ? error.status : STATUS[exit];
    const errors = error instanceof InvalidRequest ? error.errors : undefined;
    const report = error instanceof HttpRefusal ? error.report : undefined;
    return {
      ...heading(status, code),
      detail: error.message,
      code,
      exit,
      ...(expected !== undefined && { expected }),
      ...(found !== undefined && { found }),
      ...(hint !== undefined && { hint }),
      retryable: retryable ?? status === 503,
      requestId,
      ...(errors && { errors: [...errors] }),
      ...(report && { report: { ...report } }),
    };
  }
  const status = statusOf(error);
  const code = status === 413 ? "BODY_TOO_LARGE" : status < 500 ? "REQUEST_MALFORMED" : "BUG";
  return {
    ...heading(status, code),
    detail: status < 500 ? messageOf(error) : "A defect in ttt. The log has the details under the request's id.",
    code,
    exit: status < 500 ? "usage" : "bug",
    retryable: false,
    requestId,
  };
}

/** A request that does not fit its schema: each place and what is wrong there. */
export class InvalidRequest extends HttpRefusal {
  readonly errors: readonly { readonly at: string; readonly message: string }[];
  constructor(part: string, error: z.ZodError) {
    super(400, `The ${part} of the request is not valid.`, {
      exit: "usage",
      code: "REQUEST_INVALID",
      found: error.issues
        .map(({ message }) => message)
        .slice(0, 3)
        .join("; "),
      hint: "GET /v1/openapi.json",
    });
    this.errors = error.issues.map(({ path, message }) => ({ at: [part, ...path.map(String)].join("."), message }));
  }
}

const heading = (status: number, code: string) => ({
  type: `urn:ttt:problem:${code}`,
  title: TITLES[status] ?? "Error",
  status,
});

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Express and its parsers put the status on what they throw. */
function statusOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("status" in error)) return 500;
  const { status } = error;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}
