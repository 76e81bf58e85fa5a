import type { ServerResponse } from "node:http";
import type { Clock } from "../../src/core/clock.ts";

/** A quiet stream says something this often, so that both sides know that the other is there. */
const KEEPALIVE_MS = 15_000;
/** A reader that leaves this much unread is cut off: it comes back with Last-Event-ID and misses nothing. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;
/** What a reader waits before it comes back. */
const RETRY_MS = 1_000;

export interface Sse {
  /** Aborts when the reader leaves or is cut off. */
  readonly left: AbortSignal;
  send(event: { readonly id?: string | undefined; readonly type: string; readonly data: string }): void;
  /** Resolves when the reader has taken what was sent so far, or has left. */
  drained(): Promise<void>;
  end(): void;
}

/** Turns a response into a stream of server-sent events. */
export function openSse(response: ServerResponse, clock: Clock): Sse {
  const left = new AbortController();
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  response.write(`retry: ${RETRY_MS}\n\n`);
  const write = (text: string) => {
    if (left.signal.aborted) return;
    response.write(text);
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
  };
  let cancel = () => {};
  const beat = () => {
    cancel = clock.after(KEEPALIVE_MS, () => {
      write(": still here\n\n");
      beat();
    });
  };
  beat();
  response.once("close", () => {
    cancel();
    left.abort();
  });
  return {
    left: left.signal,
    send({ id, type, data }) {
      write(`${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${data}\n\n`);
    },
    async drained() {
      if (!response.writableNeedDrain || left.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          response.off("drain", done);
          response.off("close", done);
          resolve();
        };
        response.on("drain", done).on("close", done);
      });
    },
    end: () => response.end(),
  };
}
