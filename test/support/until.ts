import { setTimeout as pause } from "node:timers/promises";

const LOOK_MS = 15;

/** Looks until `look` gives something, and returns it. Throws after `withinMs`, saying what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
    await pause(LOOK_MS);
  }
}
