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
/** The log began anew and now ends with this number: what was read before means nothing in it. */
export type OnRestart = (last: number) => void;

interface Listener {
  /** It knows everything up to this number. */
  after: number;
  readonly sink: EventSink;
  readonly onRestart: OnRestart;
}

/** One reader of the event log for the whole process, and any number of listeners that miss nothing. */
export class EventHub {
  readonly #log: EventLog;
  readonly #listeners = new Set<Listener>();
  #recent = new RingBuffer<LoggedEvent>(KEPT);
  #last = 0;
  /** Counts the beginnings of the log; 0 as long as it could not be read. */
  #beginnings = 0;
  #follower: { close(): Promise<void> | void } | undefined;

  private constructor(log: EventLog) {
    this.#log = log;
  }

  /** Follows the log from now on; one that is away, from when it is back. */
  static async open(log: EventLog): Promise<EventHub> {
    const hub = new EventHub(log);
    hub.#follower = await log.follow({
      begin: (last) => hub.#begin(last),
      take: (events) => hub.#publish(events),
    });
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
  listen(sink: EventSink, onRestart: OnRestart): () => void {
    return this.#add({ after: this.#last, sink, onRestart });
  }

  /**
   * Every event after number `seq`, in order and without a gap, and then those to come; without `seq` only those.
   * Returns false, and gives nothing, when events after `seq` are no longer kept, or this log has never come so far:
   * the reader has to start over. Throws the log's outage.
   */
  async resume(
    seq: number | undefined,
    reader: { readonly sink: EventSink; readonly onRestart: OnRestart; readonly signal: AbortSignal; drained: Drained },
  ): Promise<boolean> {
    if (this.#beginnings === 0) await this.#log.range();
    const from = seq ?? this.#last;
    const oldest = this.#recent.at(0)?.seq;
    if (from === this.#last || (from < this.#last && oldest !== undefined && from >= oldest - 1)) {
      for (const event of this.#recent.toArray()) if (event.seq > from) reader.sink(event);
      this.#join(this.#last, reader);
      return true;
    }
    const { first, last } = await this.#log.range();
    if (from < first - 1 || from > last) return false;
    return this.#catchUp(from, reader);
  }

  async close(): Promise<void> {
    await this.#follower?.close();
    this.#listeners.clear();
  }

  /** Pages from the log until the reader has what everybody has; at that very moment it joins them. */
  async #catchUp(from: number, reader: Parameters<EventHub["resume"]>[1]): Promise<boolean> {
    const beginning = this.#beginnings;
    let seq = from;
    while (seq < this.#last && !reader.signal.aborted) {
      const page = await this.#log.after(seq, PAGE);
      if (this.#beginnings !== beginning) return false;
      for (const event of page) reader.sink(event);
      seq = page.at(-1)?.seq ?? this.#last;
      await reader.drained();
    }
    if (this.#beginnings !== beginning) return false;
    this.#join(seq, reader);
    return true;
  }

  /** From now on everything after `seq`: the log may have shown events that were not given to everybody yet. */
  #join(after: number, { sink, onRestart, signal }: Parameters<EventHub["resume"]>[1]): void {
    if (signal.aborted) return;
    signal.addEventListener("abort", this.#add({ after, sink, onRestart }), { once: true });
  }

  #add(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #begin(last: number): void {
    this.#last = last;
    this.#recent = new RingBuffer(KEPT);
    this.#beginnings += 1;
    for (const listener of [...this.#listeners]) {
      listener.after = last;
      // Who began to listen before the log could be read has seen nothing that could mean something else now.
      if (this.#beginnings > 1) listener.onRestart(last);
    }
  }

  #publish(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      this.#recent.push(event);
      this.#last = event.seq;
      for (const { after, sink } of [...this.#listeners]) if (event.seq > after) sink(event);
    }
  }
}
