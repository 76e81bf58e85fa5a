import type { Fault } from "./faults.ts";
import { World } from "./world.ts";

export interface RunResult {
  readonly seed: number;
  /** Equal for equal histories. */
  readonly hash: string;
  readonly violation: string | undefined;
  readonly steps: number;
  /** Orders written, fills made, kills and arms: that something happened at all. */
  readonly writes: number;
  readonly fills: number;
  readonly epochs: number;
  /** The last lines, when they were asked for. */
  readonly lines: readonly string[];
}

/** Virtual milliseconds of trouble, and of peace after it. */
const TROUBLE_MS = 60_000;
const PEACE_MS = 25_000;

/** One run: the seed decides everything. */
export function simulate(seed: number, fault?: Fault, keepLines = 0): RunResult {
  const world = new World(seed, fault, keepLines);
  world.run(TROUBLE_MS, PEACE_MS);
  return {
    seed,
    hash: world.log.hash,
    violation: world.invariants.violation,
    steps: world.schedule.steps,
    writes: world.invariants.writes,
    fills: world.venue.fills.length,
    epochs: world.authority.state.epoch,
    lines: world.log.lines,
  };
}
