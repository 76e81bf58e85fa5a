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

/** Whoever follows the log. */
export interface EventFollower {
  /**
   * The log's newest number: events above it follow. Called first, and again when the log began anew (restored, or made
   * anew): numbers that were seen before then mean other events, or none.
   */
  begin(last: number): void;
  take(events: readonly LoggedEvent[]): void;
}

/** What happened, in order, kept long enough for a reader that was away for a while. */
export interface EventLog {
  append(stream: string, type: string, body: unknown): Promise<void>;
  /** Events with a number above `seq`, oldest first. No event ever appears below one that was already read. */
  after(seq: number, limit: number): Promise<readonly LoggedEvent[]>;
  /** The range of numbers that is kept: a reader at `first - 1` or later has missed nothing. Both 0 when empty. */
  range(): Promise<{ readonly first: number; readonly last: number }>;
  /** Gives everything from now on, in order and without gaps, until it is closed. While the log is away it waits. */
  follow(follower: EventFollower): Promise<Closable>;
  /** Makes events of what was left for it, until it is closed. Any number may do so at the same time. */
  relay(): Promise<Closable>;
  /** Forgets all but the newest `count` events. */
  trim(count: number): Promise<void>;
}
