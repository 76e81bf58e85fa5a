import type { ParamValues } from "../../strategy/params.ts";
import type { RunData } from "../run-report.ts";
import type { BacktestSpec } from "../spec.ts";
import type { Statistics } from "../statistics/statistics.ts";
import type { SweepMethod } from "./sweep-spec.ts";
import type { Objective, Trial } from "./trial.ts";

/** What a sweep says, as plain data. Nothing in it depends on the number of threads, on interruptions or on the clock. */
export interface SweepReport {
  readonly id: string;
  readonly engineVersion: string;
  readonly strategy: string;
  readonly strategyHash: string;
  readonly data: readonly RunData[];
  readonly options: BacktestSpec;
  readonly synthetic: boolean;
  readonly method: SweepMethod;
  readonly seed: number;
  readonly vary: readonly string[];
  readonly fixed: Readonly<Record<string, string | number | boolean>>;
  readonly constraint?: string;
  readonly objective: Objective;
  readonly minimize: boolean;
  readonly done: number;
  readonly failed: number;
  /** The best run by the objective, with all its statistics; the deflated Sharpe ratio counts every trial. */
  readonly best: { readonly index: number; readonly params: ParamValues; readonly stats: Statistics } | null;
  /** In the order of their index. */
  readonly trials: readonly Trial[];
}
