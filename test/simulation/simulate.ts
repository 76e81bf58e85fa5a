import type { Fault } from "./faults.ts";
import { SimHost } from "./sim-host.ts";
import { WorkerHost } from "./worker-host.ts";
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

/** One run of sessions on hosts that are made for the simulation: fast. The seed decides everything. */
export function simulate(seed: number, fault?: Fault, keepLines = 0): RunResult {
  const world = new World(seed, fault, (...host) => new SimHost(...host), keepLines);
  world.run(TROUBLE_MS, PEACE_MS);
  return resultOf(seed, world);
}

/** One run of the worker's own code: permit keeper, partition holder, recorder, session. Slower, and closer. */
export async function simulateWorkers(seed: number, fault?: Fault, keepLines = 0): Promise<RunResult> {
  const world = new World(seed, fault, (...host) => new WorkerHost(...host), keepLines);
  await world.runSettled(TROUBLE_MS, PEACE_MS);
  return resultOf(seed, world);
}

function resultOf(seed: number, { log, invariants, schedule, venue, authority }: World): RunResult {
  return {
    seed,
    hash: log.hash,
    violation: invariants.violation,
    steps: schedule.steps,
    writes: invariants.writes,
    fills: venue.fills.length,
    epochs: authority.state.epoch,
    lines: log.lines,
  };
}
