/** One line of JSON each, over a unix socket of the state directory. */

/** Asks for a command, once. `watch` starts a stream that ends with the connection. */
export interface ControlRequest {
  readonly id: number;
  readonly command: string;
  readonly params?: unknown;
  /** The caller's trace context, when it traces. */
  readonly traceparent?: string;
}

export type ControlReply =
  | { readonly id: number; readonly ok: true; readonly data: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ControlError }
  | { readonly id: number; readonly event: unknown };

export interface ControlError {
  readonly code: string;
  readonly message: string;
  /** A row of the exit-code table, when the other side knew it. */
  readonly exit?: string;
  readonly hint?: string;
}
