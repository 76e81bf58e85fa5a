import { setTimeout as pause } from "node:timers/promises";

const LOOK_MS = 15;
/** How long a test waits for what must come. It ends what hangs; it says nothing of how long anything may take. */
export const PATIENCE_MS = 90_000;

/** Looks until `look` gives something, and returns it. Throws after `withinMs`, saying what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
    await pause(LOOK_MS);
  }
}
