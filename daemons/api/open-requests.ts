import type { IncomingMessage } from "node:http";

/** Requests that have arrived whole and are not answered: what the API owes. Streams are answered when they begin. */
export class OpenRequests {
  readonly #open = new Set<IncomingMessage>();

  /** Whether an answer is owed now. One that is still being sent to us waits for its sender. */
  get some(): boolean {
    for (const request of this.#open) if (request.complete) return true;
    return false;
  }

  async during<T>(request: IncomingMessage, work: () => Promise<T>): Promise<T> {
    this.#open.add(request);
    try {
      return await work();
    } finally {
      this.#open.delete(request);
    }
  }
}
