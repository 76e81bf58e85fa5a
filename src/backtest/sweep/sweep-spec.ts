import type { RunSpec } from "../run-spec.ts";
import type { Dimension } from "./space.ts";
import type { Objective } from "./trial.ts";

export const SWEEP_METHODS = ["grid", "random", "latin-hypercube", "bayesian"] as const;
export type SweepMethod = (typeof SWEEP_METHODS)[number];

/** A sweep as data: everything that decides its result. */
export interface SweepSpec {
  readonly run: RunSpec;
  /** What is varied: `fast=5..24`, as the command line takes it. */
  readonly vary: readonly string[];
  readonly method: SweepMethod;
  /** Runs of the methods that draw. */
  readonly trials: number;
  readonly seed: number;
  readonly objective: Objective;
  readonly minimize: boolean;
  readonly constraint?: string | undefined;
}

/** A sweep ready to go: its space read, its constraint and the strategy's own check in one. */
export interface SweepPlan {
  readonly spec: SweepSpec;
  readonly space: readonly Dimension[];
  /** Whether both the constraint and the strategy's own check let a combination pass. */
  readonly allowed: (combination: Readonly<Record<string, number | string | boolean>>) => boolean;
  /** Whether the constraint alone does. */
  readonly constrained: (combination: Readonly<Record<string, number | string | boolean>>) => boolean;
}
