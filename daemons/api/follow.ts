import { z } from "zod";
import type { Clock } from "../../src/core/clock.ts";
import { isFinal, JOB_STATES } from "../../src/ops/job.ts";
import type { JobServices } from "../../src/runtime/job-services.ts";
import type { Drained, EventHub, EventSink, LoggedEvent } from "./event-hub.ts";
import { HttpRefusal } from "./problem.ts";
import { findBacktest } from "./routes/backtests.ts";

/** What following anything works with. */
export interface FollowParts {
  readonly hub: EventHub;
  readonly jobs: JobServices["jobs"];
  readonly clock: Clock;
}

/** What can be followed by itself. A misspelt name would be a stream that is silent for ever: it is refused. */
export const EVENT_STREAMS = ["jobs", "orders", "kill", "services", "incidents"] as const;
const isStream = (name: string) => EVENT_STREAMS.some((one) => one === name);

/** Throws (400) naming the streams that there are not. */
export function streamsOf(names: readonly string[]): ReadonlySet<string> {
  const unknown = names.filter((name) => !isStream(name));
  if (unknown.length === 0) return new Set(names);
  throw new HttpRefusal(400, "There is no such stream.", {
    exit: "usage",
    code: "STREAM_UNKNOWN",
    expected: EVENT_STREAMS.join(", "),
    found: unknown.join(", "),
  });
}

/** One change of a backtest, as its followers see it. */
export const backtestChangeSchema = z
  .object({
    id: z.string(),
    state: z.enum(JOB_STATES),
    progress: z.number(),
    attempts: z.int(),
    failure: z.unknown().optional(),
  })
  .meta({ id: "BacktestChange" });
export type BacktestChange = z.output<typeof backtestChangeSchema>;

export interface Wish {
  /** Number of the last event that is known; undefined for those to come. */
  readonly after: number | undefined;
  /** Undefined for all. */
  readonly streams: ReadonlySet<string> | undefined;
}

export interface EventReader {
  readonly signal: AbortSignal;
  readonly drained: Drained;
  send(event: LoggedEvent): void;
  /** Some events up to this number are lost to it: it has to look anew. */
  reset(last: number): void;
}

/** Gives a reader every event it wishes for, and goes on until it leaves. False when the log does not answer. */
export async function followEvents(hub: EventHub, { after, streams }: Wish, reader: EventReader): Promise<boolean> {
  const { signal, drained } = reader;
  const sink: EventSink = (event) => {
    if (!streams || streams.has(event.stream)) reader.send(event);
  };
  const wish = { sink, signal, drained, onRestart: (last: number) => reader.reset(last) };
  const resumed = await hub.resume(after, wish).catch(() => undefined);
  if (resumed !== false) return resumed === true;
  reader.reset(hub.last);
  return hub.resume(undefined, wish).catch(() => false);
}

/** Gives a reader where a backtest stands and then each change, and calls `end` after the last. */
export async function followBacktest(
  { hub, jobs }: Pick<FollowParts, "hub" | "jobs">,
  id: string,
  reader: { readonly signal: AbortSignal; send(change: BacktestChange): void; end(): void },
): Promise<void> {
  const early: BacktestChange[] = [];
  let give = (change: BacktestChange): void => void early.push(change);
  const stop = hub.listen(
    ({ stream, body }) => {
      const change = stream === "jobs" ? backtestChangeSchema.safeParse(body).data : undefined;
      if (change?.id === id) give(change);
    },
    // Whether there still is such a backtest, the reader learns when it asks again.
    () => end(),
  );
  reader.signal.addEventListener("abort", stop, { once: true });
  const end = () => {
    stop();
    reader.end();
  };
  const job = await findBacktest(jobs, id).catch(() => undefined);
  if (!job) return end();
  const { state, progress, attempts, failure } = job;
  reader.send({ id, state, progress, attempts, failure });
  if (isFinal(state)) return end();
  give = (change) => {
    reader.send(change);
    if (isFinal(change.state)) end();
  };
  for (const change of early) give(change);
}
