/** Where a daemon says what it does. `context` takes plain data: ids, counts, durations. */
export interface Log {
  debug(message: string, context?: LogContext): void;
  info(message: string, context?: LogContext): void;
  warn(message: string, context?: LogContext): void;
  /** An `error` in the context is written with its message and stack. */
  error(message: string, context?: LogContext): void;
  /** A log that adds this context to every line. */
  child(context: LogContext): Log;
}

export type LogContext = Readonly<Record<string, unknown>>;
