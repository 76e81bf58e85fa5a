/** A channel that did not take a notice. The message holds no address and no secret. */
export class NotAccepted extends Error {
  override readonly name = "NotAccepted";
  /** Whether the same notice may be taken later. */
  readonly retryable: boolean;
  /** What the receiver asked for, when it did. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { retryable: boolean; retryAfterMs?: number | undefined; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
