import type { Level } from "../../trading/level.ts";
import type { Span } from "./line.ts";
import type { Role } from "./theme.ts";

const BADGES: Readonly<Record<Level, Role>> = { RUN: "run-badge", REDUCE_ONLY: "reduce-badge", BLOCK: "block-badge" };
const TEXTS: Readonly<Record<Level, Role>> = { RUN: "good", REDUCE_ONLY: "warn", BLOCK: "bad" };

/** The level as a badge; a level that is not known says so. */
export function levelBadge(level: Level | undefined): Span {
  return level === undefined
    ? { text: " LEVEL UNKNOWN ", role: "unknown-badge" }
    : { text: ` ${level} `, role: BADGES[level] };
}

export function levelRole(level: Level): Role {
  return TEXTS[level];
}
