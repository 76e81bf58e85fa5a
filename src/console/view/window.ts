/** The part of a list that is on the screen: `[start, end)`. */
export interface ListWindow {
  readonly start: number;
  readonly end: number;
}

/** The window of `height` rows that holds the cursor, as near its middle as the ends of the list allow. */
export function windowAround(cursor: number, length: number, height: number): ListWindow {
  const rows = Math.max(0, Math.min(height, length));
  const start = Math.max(0, Math.min(cursor - Math.floor(rows / 2), length - rows));
  return { start, end: start + rows };
}

/** The last `height` rows, `back` rows away from the end: a log that is followed or scrolled back. */
export function windowFromEnd(length: number, height: number, back: number): ListWindow {
  const rows = Math.max(0, Math.min(height, length));
  const end = Math.max(rows, length - Math.max(0, back));
  return { start: end - rows, end };
}
