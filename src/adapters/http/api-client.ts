import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { COLUMN_NAMES } from "../../backtest/data/bar-buffer.ts";
import type { ShardResult } from "../../backtest/sweep/shard.ts";
import { messageOf, OperatorError, OutageError } from "../../core/errors.ts";
import { isExitName } from "../../core/exit-codes.ts";
import { span, traceparent } from "../../core/trace.ts";
import { isFinal, JOB_STATES } from "../../ops/job.ts";
import type { BacktestService, RemoteBacktest } from "../../ports/backtest-service.ts";
import { readSse } from "./read-sse.ts";

export interface ApiAddress {
  readonly url: string;
  readonly token: string;
}

/** For an answer to begin. Sending bars is not bound by it. */
const ANSWER_MS = 30_000;
/** A stream that broke is opened again, so often in a row without an event between. */
const MOST_RECONNECTS = 10;
const RECONNECT_MS = 300;
/** An API that says "later" is asked again later, so often. */
const MOST_WAITS = 30;

const backtestSchema = z.object({
  id: z.string(),
  state: z.enum(JOB_STATES),
  progress: z.number(),
  attempts: z.int(),
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
      exit: z.string(),
      expected: z.string().exactOptional(),
      found: z.string().exactOptional(),
      hint: z.string().exactOptional(),
    })
    .nullish(),
});

const problemSchema = z.object({
  detail: z.string(),
  code: z.string(),
  exit: z.string(),
  expected: z.string().optional(),
  found: z.string().optional(),
  hint: z.string().optional(),
  retryable: z.boolean().optional(),
});

/** Backtests of a stack through its API. */
export function apiClient({ url, token }: ApiAddress): BacktestService {
  const request = (path: string, init: RequestInit = {}, timeoutMs: number | null = ANSWER_MS): Promise<Response> =>
    span(`${init.method ?? "GET"} ${path.replace(/[^/]{16,}/g, "ID")}`, { kind: "client" }, () =>
      ask(path, init, timeoutMs),
    );
  const ask = async (
    path: string,
    init: RequestInit,
    timeoutMs: number | null,
    patience = MOST_WAITS,
  ): Promise<Response> => {
    const signals = [init.signal, timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs)];
    let response: Response;
    try {
      response = await fetch(new URL(path, url), {
        ...init,
        headers: { ...init.headers, ...traceHeaders(), authorization: `Bearer ${token}` },
        signal: AbortSignal.any(signals.filter((one) => one instanceof AbortSignal)),
      });
    } catch (error) {
      init.signal?.throwIfAborted();
      throw unreachable(url, error);
    }
    if (response.ok) return response;
    if (response.status === 429 && patience > 0) {
      await pause(1000 * Number(response.headers.get("retry-after") ?? 1), init.signal);
      return ask(path, init, timeoutMs, patience - 1);
    }
    throw await refusal(response);
  };
  const backtest = async (path: string, init?: RequestInit): Promise<RemoteBacktest> =>
    toBacktest(await (await request(path, init)).json());
  const bytes = async (path: string, accept: string): Promise<Uint8Array> =>
    new Uint8Array(await (await request(path, { headers: { accept } })).arrayBuffer());
  const self = (id: string) => `/api/backtest/${encodeURIComponent(id)}`;

  return {
    async hasBars(hash) {
      try {
        await request(`/v1/bars/${hash}`);
        return true;
      } catch (error) {
        if (error instanceof OperatorError && error.details.code === "BARS_UNKNOWN") return false;
        throw error;
      }
    },
    async sendBars(hash, columns) {
      const rows = columns.time.length;
      const all = new Float64Array(COLUMN_NAMES.length * rows);
      for (const [index, name] of COLUMN_NAMES.entries()) all.set(columns[name], index * rows);
      const headers = { "content-type": "application/octet-stream" };
      await request(`/v1/bars/${hash}`, { method: "PUT", headers, body: new Uint8Array(all.buffer) }, null);
    },
    submit: (spec) =>
      backtest("/api/backtest", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(spec),
      }),
    submitShard: (shard, sweep, number) =>
      backtest("/api/sweep/shards", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...shard, sweep, number }),
      }),
    async trials(id) {
      const response = await request(`/api/sweep/shards/${encodeURIComponent(id)}/trials`);
      return (await response.json()) as ShardResult;
    },
    find: (id) => backtest(self(id)),
    cancel: (id) => backtest(self(id), { method: "DELETE" }),
    async *follow(id, signal) {
      for (let broken = 0; ; broken++) {
        try {
          const response = await request(`${self(id)}/events`, signal ? { signal } : {}, null);
          for await (const { type, data } of readSse(response)) {
            if (type !== "backtest") continue;
            broken = 0;
            const now = toBacktest(JSON.parse(data));
            yield now;
            if (isFinal(now.state)) return;
          }
        } catch (error) {
          signal?.throwIfAborted();
          // The first look tells what is wrong; later ones outlast a restart of the API.
          const lasting = error instanceof OperatorError && !error.details.retryable;
          if (lasting || broken >= MOST_RECONNECTS) throw error;
        }
        await pause(RECONNECT_MS, signal);
      }
    },
    report: (id) => bytes(`${self(id)}/report`, "application/json"),
    equity: (id) => bytes(`${self(id)}/equity`, "application/octet-stream"),
  };
}

/** Waits; throws the signal's reason when it aborts. */
const pause = (ms: number, signal?: AbortSignal | null): Promise<void> =>
  setTimeout(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());

function toBacktest(value: unknown): RemoteBacktest {
  const parsed = backtestSchema.safeParse(value);
  if (parsed.success) {
    const { failure, ...rest } = parsed.data;
    return failure ? { ...rest, failure } : rest;
  }
  throw new OutageError("api", "answered something else than a backtest", { cause: parsed.error });
}

/** What the API refused with, as the error it was there. */
async function refusal(response: Response): Promise<OperatorError> {
  const text = await response.text().catch(() => "");
  const problem = problemSchema.safeParse(parseJson(text));
  if (!problem.success) return new OutageError("api", `answered ${response.status} ${text.slice(0, 200)}`);
  const { detail, code, exit, ...more } = problem.data;
  return new OperatorError(detail, {
    exit: isExitName(exit) ? exit : "bug",
    code,
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Nobody listens: the stack is down. Anything else is an outage on the way. */
function unreachable(url: string, error: unknown): OperatorError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "ECONNREFUSED") return new OutageError("api", messageOf(cause), { cause: error, hint: "ttt status" });
  return new OperatorError("The API is not running.", {
    exit: "notRunning",
    code: "API_NOT_RUNNING",
    found: `nobody listens at ${url}`,
    hint: "ttt up",
    retryable: true,
    cause: error,
  });
}

function traceHeaders(): Record<string, string> {
  const context = traceparent();
  return context === undefined ? {} : { traceparent: context };
}
