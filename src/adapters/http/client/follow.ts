import { OperatorError } from "../../../core/errors.ts";
import { type CallOptions, pause } from "./ask.ts";
import { readSse, type ServerSentEvent } from "./read-sse.ts";

/** Something that happened. `reset` says that some of it is lost, or means nothing any more: look anew. */
export interface ApiEvent {
  /** Its number: `after` of a reader that goes on from here. */
  readonly seq: number;
  /** `jobs`, `orders`, `kill`, `services`, `incidents`; empty for `reset`. */
  readonly stream: string;
  /** Past tense: `job.succeeded`. */
  readonly type: string;
  /** Milliseconds since the epoch, UTC; 0 for `reset`. */
  readonly at: number;
  readonly body: unknown;
}

export interface EventWish {
  /** All when left out. */
  readonly streams?: readonly string[] | undefined;
  /** Number of the last event that is known; only those to come when left out. */
  readonly after?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BacktestChange {
  readonly id: string;
  readonly state: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "dead";
  /** 0 to 1. */
  readonly progress: number;
  readonly attempts: number;
  readonly failure?: unknown;
}

type Request = (path: string, init?: RequestInit, options?: CallOptions) => Promise<Response>;

/** A stream that broke is opened again, so often in a row without an event between. */
const MOST_RECONNECTS = 10;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;
const FINAL: ReadonlySet<string> = new Set(["succeeded", "failed", "cancelled", "dead"]);

export async function* followEvents(
  request: Request,
  { streams, after, signal }: EventWish,
): AsyncGenerator<ApiEvent, void, undefined> {
  const query = streams === undefined ? "" : `?streams=${encodeURIComponent(streams.join(","))}`;
  let last = after;
  const open = () => {
    const headers = last === undefined ? {} : { "last-event-id": String(last) };
    return request(`/v1/events${query}`, { headers }, { signal, timeoutMs: null });
  };
  for await (const { id, type, data } of reopened(open, signal)) {
    if (id !== undefined) last = Number(id);
    if (type === "reset") yield { seq: last ?? 0, stream: "", type, at: 0, body: null };
    else yield JSON.parse(data) as ApiEvent;
  }
}

export async function* followBacktest(
  request: Request,
  id: string,
  { signal }: CallOptions,
): AsyncGenerator<BacktestChange, void, undefined> {
  const open = () => request(`/api/backtest/${encodeURIComponent(id)}/events`, {}, { signal, timeoutMs: null });
  for await (const { type, data } of reopened(open, signal)) {
    if (type !== "backtest") continue;
    const now = JSON.parse(data) as BacktestChange;
    yield now;
    if (FINAL.has(now.state)) return;
  }
}

/** The events of a stream, and of those that are opened in its place when it ends. */
async function* reopened(
  open: () => Promise<Response>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  for (let broken = 0; ; broken++) {
    try {
      for await (const event of readSse(await open())) {
        broken = 0;
        yield event;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // The first look tells what is wrong; later ones outlast a restart of the API.
      if ((error instanceof OperatorError && !error.details.retryable) || broken >= MOST_RECONNECTS) throw error;
    }
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** broken, LONGEST_PAUSE_MS), signal);
  }
}
