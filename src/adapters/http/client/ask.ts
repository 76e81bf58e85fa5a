import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { OutageError } from "../../../core/errors.ts";
import { ApiError, errorIn, unreachable } from "./api-error.ts";

export interface CallOptions {
  /** Ends the call; it then throws the signal's reason. What was asked for may happen all the same. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole answer, milliseconds. Null: as long as it takes. */
  readonly timeoutMs?: number | null;
}

export interface Asking {
  readonly token: string;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

/** How often a caller that is told to come later does so. */
const MOST_WAITS = 30;
/** How often a request whose connection broke is sent again: under its key it is the same request. */
const MOST_REPEATS = 2;
const PAUSE_MS = 300;

/**
 * One request and its answer. Waits where the API says "later", sends again what was lost on the way, each change
 * under an idempotency key so that it is done once. Throws ApiError for what was refused, OperatorError
 * API_NOT_RUNNING when nobody listens, OutageError for everything else that is no answer, or the signal's reason.
 */
export async function ask(url: string, init: RequestInit, asking: Asking, options: CallOptions): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${asking.token}`);
  const isChange = (init.method ?? "GET") !== "GET";
  if (isChange && !headers.has("idempotency-key")) headers.set("idempotency-key", randomUUID());
  const { signal, timeoutMs = asking.timeoutMs } = options;
  let waits = 0;
  let repeats = 0;
  for (;;) {
    const answer = await send(url, { ...init, headers }, asking, { signal, timeoutMs });
    if (answer instanceof Response) {
      if (answer.ok) return answer;
      const error = await errorIn(answer);
      const later = laterMs(error, answer.headers.get("retry-after"), repeats > 0);
      if (later === undefined || ++waits > MOST_WAITS) throw error;
      await pause(later, signal);
    } else {
      if (!answer.isLost || ++repeats > MOST_REPEATS) throw answer.error;
      await pause(PAUSE_MS, signal);
    }
  }
}

/** Waits; throws the signal's reason when it aborts. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());

interface NoAnswer {
  readonly error: Error;
  /** The connection broke: what was asked may have been done or not. */
  readonly isLost: boolean;
}

async function send(
  url: string,
  init: RequestInit,
  { fetch }: Asking,
  { signal, timeoutMs }: { readonly signal: AbortSignal | undefined; readonly timeoutMs: number | null },
): Promise<Response | NoAnswer> {
  const deadline = timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [signal, deadline].filter((one) => one !== undefined);
  try {
    return await fetch(url, { ...init, signal: AbortSignal.any(signals) });
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline?.aborted) {
      return { error: new OutageError("api", `no answer within ${timeoutMs} ms`, { cause: error }), isLost: false };
    }
    const failed = unreachable(url, error);
    return { error: failed, isLost: failed instanceof OutageError };
  }
}

/** When a refused request may be sent again; undefined: never. */
function laterMs(error: Error, retryAfter: string | null, wasRepeated: boolean): number | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 429) return 1000 * Number(retryAfter ?? 1);
  // The first sending of it is still at work.
  return wasRepeated && error.problem.code === "IDEMPOTENCY_BUSY" ? PAUSE_MS : undefined;
}
