import { setFlagsFromString } from "node:v8";

// A turn of the event loop after every event would take longer than the events do.
setFlagsFromString("--allow-natives-syntax");
const settlePromises = new Function("%PerformMicrotaskCheckpoint()") as () => void;

/** Virtual time: things happen in the order of their time, and in the order of their making when the time is equal. */
export class Schedule {
  readonly #heap: Item[] = [];
  #made = 0;
  /** True time, milliseconds. */
  now = 0;
  /** How many things have happened. */
  steps = 0;

  after(delayMs: number, run: () => void): void {
    this.#made += 1;
    this.#push({ at: this.now + Math.max(0, delayMs), order: this.#made, run });
  }

  /** Lets everything up to `until` happen; `afterEach` looks at the world after every single thing. */
  runUntil(until: number, afterEach: () => boolean): void {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until) break;
      this.#pop();
      this.now = next.at;
      this.steps += 1;
      next.run();
      if (!afterEach()) return;
    }
    this.now = until;
  }

  /** The same with promises: after each thing everything that follows from it without waiting has happened as well. */
  runSettled(until: number, afterEach: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      // In a turn of the event loop of its own: from within a promise others cannot be settled.
      setImmediate(() => {
        try {
          settlePromises();
          this.runUntil(until, () => {
            settlePromises();
            return afterEach();
          });
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #push(item: Item): void {
    const heap = this.#heap;
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(item, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

interface Item {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

function before(a: Item, b: Item): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
