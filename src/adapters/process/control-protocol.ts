/** One line of JSON each, over a unix socket of the state directory. */

/** Asks for a command, once. `watch` starts a stream that ends with the connection. */
export interface ControlRequest {
  readonly id: number;
  readonly command: string;
  readonly params?: unknown;
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

/** A line longer than this is a mistake or an attack, not a command. */
export const LONGEST_LINE = 4 * 1024 * 1024;

/** Splits a byte stream into lines, with a bound. Calls `onTooLong` once and then stays silent. */
export function lineSplitter(onLine: (line: string) => void, onTooLong: () => void): (chunk: string) => void {
  let rest = "";
  let over = false;
  return (chunk) => {
    if (over) return;
    rest += chunk;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line.trim() !== "") onLine(line);
    }
    if (rest.length > LONGEST_LINE) {
      over = true;
      rest = "";
      onTooLong();
    }
  };
}
