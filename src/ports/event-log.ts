import type { Closable } from "./closable.ts";

/** Something that happened, numbered in the order in which it became true. */
export interface LoggedEvent {
  readonly seq: number;
  /** `jobs`, `services`, `orders`, `kill`, `incidents` */
  readonly stream: string;
  /** Past tense: `job.succeeded`. */
  readonly type: string;
  /** Milliseconds since the epoch, UTC. */
  readonly at: number;
  readonly body: unknown;
}

/** What happened, in order, kept long enough for a reader that was away for a while. */
export interface EventLog {
  append(stream: string, type: string, body: unknown): Promise<void>;
  /** Events with a number above `seq`, oldest first. No event ever appears below one that was already read. */
  after(seq: number, limit: number): Promise<readonly LoggedEvent[]>;
  /** The range of numbers that is kept: a reader at `first - 1` or later has missed nothing. Both 0 when empty. */
  range(): Promise<{ readonly first: number; readonly last: number }>;
  /** Calls `onEvents` with everything after `seq`, in order and without gaps, until it is closed. */
  follow(seq: number, onEvents: (events: readonly LoggedEvent[]) => void): Promise<Closable>;
  /** Makes events of what was left for it, until it is closed. Any number may do so at the same time. */
  relay(): Promise<Closable>;
  /** Forgets all but the newest `count` events. */
  trim(count: number): Promise<void>;
}
