import { RingBuffer } from "../../src/core/ring-buffer.ts";
import type { JobServices } from "../../src/runtime/job-services.ts";

type EventLog = JobServices["events"];
export type LoggedEvent = Awaited<ReturnType<EventLog["after"]>>[number];

/** Events kept in memory for readers that come back soon; older ones are read from the log. */
const KEPT = 4096;
const PAGE = 500;
/** How many events the log keeps: about a day of busy work. */
export const KEPT_IN_LOG = 200_000;

export type EventSink = (event: LoggedEvent) => void;
/** Resolves when a reader has taken what it was given so far. */
export type Drained = () => Promise<void>;

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
  async resume(seq: number, sink: EventSink, signal: AbortSignal, drained: Drained = async () => {}): Promise<boolean> {
    const oldest = this.#recent.at(0)?.seq;
    if (seq >= this.#last || (oldest !== undefined && seq >= oldest - 1)) {
      for (const event of this.#recent.toArray()) if (event.seq > seq) sink(event);
      this.#join(Math.max(seq, this.#last), sink, signal);
      return true;
    }
    const { first } = await this.#log.range();
    if (seq < first - 1) return false;
    await this.#catchUp(seq, sink, signal, drained);
    return true;
  }

  async close(): Promise<void> {
    await this.#follower?.close();
    this.#listeners.clear();
  }

  /** Pages from the log until the reader has what everybody has; at that very moment it joins them. */
  async #catchUp(from: number, sink: EventSink, signal: AbortSignal, drained: Drained): Promise<void> {
    let seq = from;
    while (seq < this.#last && !signal.aborted) {
      const page = await this.#log.after(seq, PAGE);
      for (const event of page) sink(event);
      seq = page.at(-1)?.seq ?? this.#last;
      await drained();
    }
    this.#join(seq, sink, signal);
  }

  /** From now on everything after `seq`: the log may have shown events that were not given to everybody yet. */
  #join(seq: number, sink: EventSink, signal: AbortSignal): void {
    if (signal.aborted) return;
    const own: EventSink = (event) => {
      if (event.seq > seq) sink(event);
    };
    this.#listeners.add(own);
    signal.addEventListener("abort", () => this.#listeners.delete(own), { once: true });
  }

  #publish(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      this.#recent.push(event);
      this.#last = event.seq;
      for (const sink of [...this.#listeners]) sink(event);
    }
  }
}
