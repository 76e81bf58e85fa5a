/** One moment, read from both clocks at once. */
export interface Instant {
  /** Monotonic milliseconds: for permits, leases and deadlines. */
  readonly mono: number;
  /** Wall milliseconds since the epoch: for records. */
  readonly wall: number;
}
