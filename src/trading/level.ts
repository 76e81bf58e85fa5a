/** Trading levels, weakest first. A level is latched: only an arm lowers it. */
export const LEVELS = ["RUN", "REDUCE_ONLY", "BLOCK"] as const;
export type Level = (typeof LEVELS)[number];

/** The stricter of two levels. */
export function stricter(a: Level, b: Level): Level {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}

/** The strictest of all levels; `RUN` when there are none. */
export function strictest(levels: Iterable<Level>): Level {
  let result: Level = "RUN";
  for (const level of levels) result = stricter(result, level);
  return result;
}

/** Reads a level from outside. Anything that is not a level is a BLOCK: in doubt, block. */
export function parseLevel(text: unknown): Level {
  return LEVELS.find((level) => level === text) ?? "BLOCK";
}
