import type { AnyStrategy } from "../strategy/define-strategy.ts";
import { type ParamValue, type ParamValues, resolveParams } from "../strategy/params.ts";
import { IndicatorCache } from "../strategy/whole-columns.ts";
import type { MarketData } from "./request.ts";
import { runBacktest } from "./run.ts";
import type { BacktestSpec } from "./spec.ts";
import { measure, type SweepField } from "./sweep-measures.ts";

/** Values to try for each parameter. */
export type ParamGrid = Readonly<Record<string, readonly ParamValue[]>>;

/**
 * Every combination of a grid's values, in the order of its parameters, the last one changing fastest. Those that the
 * strategy itself objects to (`fast < slow`) are left out. Throws OperatorError when a value is not accepted.
 */
export function combinationsOf(
  strategy: AnyStrategy,
  grid: ParamGrid,
  fixed: Readonly<Record<string, ParamValue>> = {},
): ParamValues[] {
  let given: Record<string, ParamValue>[] = [{ ...fixed }];
  for (const [name, values] of Object.entries(grid)) {
    given = given.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return given
    .map((values) => resolveParams(strategy.params, values))
    .filter((values) => strategy.check(values) === undefined);
}

/** What all runs of a sweep have in common. */
export interface SweepTask {
  readonly strategy: AnyStrategy;
  readonly data: readonly MarketData[];
  readonly spec: BacktestSpec;
  readonly fields: readonly SweepField[];
}

/** Runs combinations one after the other in this thread: indicators are computed once, the equity's memory is used again. */
export class Sweep {
  readonly #task: SweepTask;
  readonly #cache = new IndicatorCache();
  readonly #equity: Float64Array;

  constructor(task: SweepTask) {
    this.#task = task;
    this.#equity = new Float64Array(task.data.reduce((sum, { columns }) => sum + columns.time.length, 0));
  }

  /** Writes the fields of one combination into `rows` from `at` on. Throws OperatorError when its run fails. */
  run(params: ParamValues, rows: Float64Array, at: number): void {
    const { strategy, data, spec, fields } = this.#task;
    const result = runBacktest({ strategy, params, data, spec, cache: this.#cache, equity: this.#equity });
    measure(result, fields, rows, at);
  }
}
