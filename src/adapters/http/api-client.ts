import { z } from "zod";
import { COLUMN_NAMES } from "../../backtest/data/bar-buffer.ts";
import type { ShardResult } from "../../backtest/sweep/shard.ts";
import { OutageError } from "../../core/errors.ts";
import { span, traceparent } from "../../core/trace.ts";
import { JOB_STATES } from "../../ops/job.ts";
import type { BacktestService, RemoteBacktest } from "../../ports/backtest-service.ts";
import { ApiError } from "./client/api-error.ts";
import { type Client, connect } from "./client/connect.ts";

export interface ApiAddress {
  readonly url: string;
  readonly token: string;
}

/** The client that other programs have too; its requests are part of the trace of what they are made for. */
export const tracedClient = ({ url, token }: ApiAddress): Client => connect({ url, token, fetch: tracedFetch });

function tracedFetch(address: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { pathname } = new URL(address instanceof Request ? address.url : address);
  const name = `${init.method ?? "GET"} ${pathname.replace(/[^/]{16,}/g, "ID")}`;
  return span(name, { kind: "client" }, () => {
    const headers = new Headers(init.headers);
    const context = traceparent();
    if (context !== undefined) headers.set("traceparent", context);
    return fetch(address, { ...init, headers });
  });
}

/** Backtests of a stack through its API. */
export function apiClient(address: ApiAddress): BacktestService {
  const api = tracedClient(address);
  const bytes = async (path: string, accept: string): Promise<Uint8Array> =>
    new Uint8Array(await (await api.request(path, { headers: { accept } })).arrayBuffer());
  const self = (id: string) => `/api/backtest/${encodeURIComponent(id)}`;

  return {
    async hasBars(hash) {
      try {
        await api.findBars({ hash });
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.problem.code === "BARS_UNKNOWN") return false;
        throw error;
      }
    },
    async sendBars(hash, columns) {
      const rows = columns.time.length;
      const all = new Float64Array(COLUMN_NAMES.length * rows);
      for (const [index, name] of COLUMN_NAMES.entries()) all.set(columns[name], index * rows);
      const headers = { "content-type": "application/octet-stream" };
      const body = new Uint8Array(all.buffer);
      await api.request(`/v1/bars/${hash}`, { method: "PUT", headers, body }, { timeoutMs: null });
    },
    submit: async (spec, priority = 0) => toBacktest(await post(api, `/api/backtest?priority=${priority}`, spec)),
    submitShard: async (shard, sweep, number) =>
      toBacktest(await post(api, "/api/sweep/shards", { ...shard, sweep, number })),
    async trials(id) {
      const response = await api.request(`/api/sweep/shards/${encodeURIComponent(id)}/trials`);
      return (await response.json()) as ShardResult;
    },
    find: async (id) => toBacktest(await api.readBacktest({ id })),
    cancel: async (id) => toBacktest(await api.cancelBacktest({ id })),
    async *follow(id, signal) {
      for await (const change of api.followBacktest(id, { signal })) yield toBacktest(change);
    },
    report: (id) => bytes(`${self(id)}/report`, "application/json"),
    equity: (id) => bytes(`${self(id)}/equity`, "application/octet-stream"),
  };
}

/** What ttt's own types describe more narrowly than the document does. */
async function post(api: Client, path: string, body: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  return (await api.request(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

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

function toBacktest(value: unknown): RemoteBacktest {
  const parsed = backtestSchema.safeParse(value);
  if (parsed.success) {
    const { failure, ...rest } = parsed.data;
    return failure ? { ...rest, failure } : rest;
  }
  throw new OutageError("api", "answered something else than a backtest", { cause: parsed.error });
}
