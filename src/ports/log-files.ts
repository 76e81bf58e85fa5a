/** One line of a log, read back. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  readonly service: string;
  readonly instance: string;
  readonly message: string;
  /** Everything else the line holds: request id, order id, error … */
  readonly context: Readonly<Record<string, unknown>>;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** The logs of the stack's daemons, as they stand on disk: readable whether or not anything runs. */
export interface LogFiles {
  /** Instances that have a log. */
  instances(): readonly string[];
  /** Lines of these services or instances (all when empty) that `keep` accepts; the newest `limit`, oldest first. */
  read(names: readonly string[], keep: (record: LogRecord) => boolean, limit: number): Promise<LogRecord[]>;
  /**
   * Calls `onRecords` with what is appended from now on, merged by time, until the signal aborts. `dropped` counts
   * lines that were skipped because the reader could not follow: the writers are never held up.
   */
  follow(
    names: readonly string[],
    keep: (record: LogRecord) => boolean,
    onRecords: (records: readonly LogRecord[], dropped: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
