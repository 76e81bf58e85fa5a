/** Aborts at Ctrl-C or SIGTERM, and when nobody reads standard output any more: the end of a stream that has none. */
export function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  const end = () => interrupted.abort();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  process.stdout.once("error", end);
  return interrupted.signal;
}
