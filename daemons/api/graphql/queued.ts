import { OperatorError } from "../../../src/core/errors.ts";

/** A reader that leaves this much unread is cut off. */
const MOST_WAITING = 20_000;
/** Beyond this, whoever reads pages from a log waits. */
const ENOUGH = 1_000;

export interface QueueReader<T> {
  /** Aborts when the consumer leaves. */
  readonly signal: AbortSignal;
  send(value: T): void;
  end(): void;
  /** Resolves when little is left unread, or the consumer has left. */
  drained(): Promise<void>;
}

/** What is sent to a reader, as an async generator. `begin` is called at once. */
export function queued<T>(begin: (reader: QueueReader<T>) => void): AsyncGenerator<T, void, undefined> {
  const waiting: T[] = [];
  const left = new AbortController();
  let ended = false;
  let failure: OperatorError | undefined;
  // Whoever waits for something looks again at every change.
  let changed = Promise.withResolvers<void>();
  const tell = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const leave = () => {
    ended = true;
    left.abort();
    tell();
  };
  begin({
    signal: left.signal,
    send(value) {
      if (ended) return;
      if (waiting.push(value) > MOST_WAITING) {
        failure = tooSlow();
        leave();
      } else tell();
    },
    end() {
      ended = true;
      tell();
    },
    async drained() {
      while (waiting.length > ENOUGH && !left.signal.aborted) await changed.promise;
    },
  });
  return {
    async next() {
      for (;;) {
        if (failure) throw failure;
        const [value] = waiting.splice(0, 1);
        if (value !== undefined) {
          tell();
          return { value, done: false };
        }
        if (ended) return { value: undefined, done: true };
        await changed.promise;
      }
    },
    async return() {
      leave();
      return { value: undefined, done: true };
    },
    async throw(error) {
      leave();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      leave();
    },
  };
}

function tooSlow(): OperatorError {
  return new OperatorError("The reader left too much unread.", {
    exit: "refused",
    code: "READER_TOO_SLOW",
    hint: "Subscribe again with `after`.",
    retryable: true,
  });
}
