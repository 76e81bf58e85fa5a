import { RingBuffer } from "../../src/core/ring-buffer.ts";
import type { JobServices } from "../../src/runtime/job-services.ts";

type EventLog = JobServices["events"];
export type LoggedEvent = Awaited<ReturnType<EventLog["after"]>>[number];

/** Events kept in memory for readers that come back soon; older ones are read from the log. */
const KEPT = 4096;
const PAGE = 500;
/** How many events the log keeps: about a day of busy work. */
export const KEPT_IN_LOG = 200_000;
/** A reader that is this far behind reads pages from the log; what comes meanwhile waits for it here. */
const MOST_WAITING = 10_000;

export type EventSink = (event: LoggedEvent) => void;

/** One reader of the event log for the whole process, and any number of listeners that miss nothing. */
export class EventHub {
  readonly #log: EventLog;
  readonly #recent = new RingBuffer<LoggedEvent>(KEPT);
  readonly #listeners = new Set<EventSink>();
  #last: number;
  #follower: { close(): Promise<void> | void } | undefined;

  private constructor(log: EventLog, last: number) {
    this.#log = log;
    this.#last = last;
  }

  static async open(log: EventLog): Promise<EventHub> {
    const { last } = await log.range();
    const hub = new EventHub(log, last);
    hub.#follower = await log.follow(last, (events) => hub.#publish(events));
    return hub;
  }

  /** Number of the newest event that was given to everybody. */
  get last(): number {
    return this.#last;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Every event from now on. */
  listen(sink: EventSink): () => void {
    this.#listeners.add(sink);
    return () => void this.#listeners.delete(sink);
  }

  /**
   * Every event after number `seq`, in order and without a gap, and then those to come. Returns false, and gives
   * nothing, when events after `seq` are no longer kept: the reader has to start over.
   */
  async resume(seq: number, sink: EventSink, signal: AbortSignal): Promise<boolean> {
    const oldest = this.#recent.at(0)?.seq;
    if (seq >= this.#last || (oldest !== undefined && seq >= oldest - 1)) {
      for (const event of this.#recent.toArray()) if (event.seq > seq) sink(event);
      this.#join(sink, signal);
      return true;
    }
    const { first } = await this.#log.range();
    if (seq < first - 1) return false;
    await this.#catchUp(seq, sink, signal);
    return true;
  }

  async close(): Promise<void> {
    await this.#follower?.close();
    this.#listeners.clear();
  }

  async #catchUp(from: number, sink: EventSink, signal: AbortSignal): Promise<void> {
    let seq = from;
    const waiting = new RingBuffer<LoggedEvent>(MOST_WAITING);
    const wait: EventSink = (event) => waiting.push(event);
    this.#listeners.add(wait);
    try {
      const goal = this.#last;
      while (seq < goal && !signal.aborted) {
        const page = await this.#log.after(seq, PAGE);
        for (const event of page) sink(event);
        seq = page.at(-1)?.seq ?? goal;
      }
    } finally {
      this.#listeners.delete(wait);
    }
    for (const event of waiting.toArray()) if (event.seq > seq) sink(event);
    this.#join(sink, signal);
  }

  #join(sink: EventSink, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(sink);
    signal.addEventListener("abort", () => this.#listeners.delete(sink), { once: true });
  }

  #publish(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      this.#recent.push(event);
      this.#last = event.seq;
      for (const sink of [...this.#listeners]) sink(event);
    }
  }
}
