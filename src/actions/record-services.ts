import { type Clock, sleep } from "../core/clock.ts";
import type { StackEvent } from "../ops/stack-feed.ts";
import type { Closable } from "../ports/closable.ts";
import type { Log } from "../ports/log.ts";
import type { ServiceRecord } from "../ports/service-record.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { keepTrying } from "./desk/keep-trying.ts";

export interface RecordingParts {
  readonly stack: Pick<StackControl, "watch">;
  readonly record: ServiceRecord;
  /** Names the stack among those that share the record. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
}

const RETRY_MS = 500;

/**
 * Follows the supervisor and writes down how each instance changes, over every end of the supervisor and every outage
 * of the record. What changed meanwhile is written when both answer again.
 */
export function recordServices(parts: RecordingParts): Closable {
  const { stack, clock, log } = parts;
  const left = new AbortController();
  const attempt = async () => {
    const writer = new Writer(parts, left.signal);
    const watch = await stack.watch((event) => writer.take(event));
    left.signal.addEventListener("abort", () => watch.close(), { once: true });
    if (left.signal.aborted) watch.close();
    await watch.ended;
    return undefined;
  };
  const following = keepTrying(clock, left.signal, attempt, ({ reason }) =>
    log.info("the supervisor is not followed", { reason }),
  );
  return {
    async close() {
      left.abort();
      await following;
    },
  };
}

/** Writes one event after the other: a record that is away holds them up, and a newer snapshot replaces them. */
class Writer {
  readonly #parts: RecordingParts;
  readonly #signal: AbortSignal;
  #waiting: StackEvent[] = [];
  #known = new Set<string>();
  #busy = false;

  constructor(parts: RecordingParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  take(event: StackEvent): void {
    if (event.kind === "vitals" || event.kind === "phase") return;
    if (event.kind === "snapshot") this.#waiting = [];
    this.#waiting.push(event);
    void this.#drain();
  }

  async #drain(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let event = this.#waiting[0]; event && !this.#signal.aborted; event = this.#waiting[0]) {
      try {
        await this.#write(event);
        if (this.#waiting[0] === event) this.#waiting.shift();
      } catch (error) {
        this.#parts.log.debug("the state of the services could not be recorded yet", { error });
        await sleep(this.#parts.clock, RETRY_MS, this.#signal);
      }
    }
    this.#busy = false;
  }

  async #write(event: StackEvent): Promise<void> {
    const { record, name } = this.#parts;
    const sightings =
      event.kind === "snapshot" ? event.snapshot.instances : event.kind === "instance" ? [event.view] : [];
    if (sightings.length > 0) await record.write(name, sightings);
    if (event.kind === "snapshot") this.#known = new Set(sightings.map(({ instance }) => instance));
    else if (event.kind === "instance") this.#known.add(event.view.instance);
    else if (event.kind === "removed") this.#known.delete(event.instance);
    if (event.kind !== "instance") await record.retain(name, [...this.#known], event.at);
  }
}
