/** A signal that aborts at the first Ctrl-C; a second one ends the process at once, as usual. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}
