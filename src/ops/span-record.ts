/** One span of a trace as it is shown. Times are milliseconds since the epoch. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly kind: string;
  /** The instance it ran in: `backtester-1`. */
  readonly service: string;
  readonly startedAt: number;
  readonly durationMs: number;
  /** What went wrong, or null. */
  readonly error: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}
