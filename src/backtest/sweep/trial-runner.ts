import { messageOf, OperatorError } from "../../core/errors.ts";
import type { AnyStrategy } from "../../strategy/define-strategy.ts";
import { IndicatorCache } from "../../strategy/whole-columns.ts";
import { type Calendar, calendarOf } from "../data/calendar.ts";
import { sliceByTime } from "../data/slice-bars.ts";
import { PNL, type TradeLog } from "../engine/trade-log.ts";
import type { MarketData } from "../request.ts";
import { runBacktest } from "../run.ts";
import type { BacktestSpec } from "../spec.ts";
import { measureTrial, type Trial, type TrialTask } from "./trial.ts";

/** Indicators kept for other combinations may take this much memory in one thread. */
const MAX_CACHE_BYTES = 512 * 1024 * 1024;

/** What all runs of a sweep have in common. */
export interface TrialSetting {
  readonly strategy: AnyStrategy;
  readonly data: readonly MarketData[];
  readonly options: BacktestSpec;
  /** Parameters that are not varied. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Of the first instrument's bars; read off them when left out. */
  readonly calendar?: Calendar;
}

/** Runs the combinations of a sweep one after another in this thread; what they share is computed once. */
export class TrialRunner {
  readonly #setting: TrialSetting;
  readonly #periodsPerYear: number;
  #cache = new IndicatorCache();
  #equity = new Float64Array(0);
  #range = "";
  #data: readonly MarketData[] = [];

  constructor(setting: TrialSetting) {
    this.#setting = setting;
    const calendar = setting.calendar ?? calendarOf(setting.data[0]?.columns.time ?? []);
    // Without a calendar a year is a bar: figures per bar rank the runs as well.
    this.#periodsPerYear = calendar.periodsPerYear ?? 1;
  }

  /** Never throws: a run that fails is a failed trial. */
  run(task: TrialTask): Trial {
    const { index, params } = task;
    const { strategy, options, fixed } = this.#setting;
    this.#choose(task);
    try {
      const result = runBacktest({
        strategy,
        params: { ...fixed, ...params },
        data: this.#data,
        spec: options,
        cache: this.#cache,
        equity: this.#equity,
      });
      this.#boundCache();
      return { index, params, ...measureTrial(result, profitsOf(result.tradeLog), this.#periodsPerYear) };
    } catch (error) {
      return { index, params, error: { code: codeOf(error), message: messageOf(error) } };
    }
  }

  /** Cuts the bars of the task's time, unless they are those of the task before. */
  #choose({ from, to }: TrialTask): void {
    const range = `${from}/${to}`;
    if (range === this.#range) return;
    this.#range = range;
    this.#data = this.#setting.data.map((market) => ({ ...market, columns: sliceByTime(market.columns, from, to) }));
    const steps = this.#data.reduce((sum, { columns }) => sum + columns.time.length, 0);
    if (this.#equity.length < steps) this.#equity = new Float64Array(steps);
    this.#cache = new IndicatorCache();
  }

  #boundCache(): void {
    if (this.#cache.computed * this.#equity.byteLength > MAX_CACHE_BYTES) this.#cache = new IndicatorCache();
  }
}

function profitsOf(log: TradeLog): Float64Array {
  const profits = new Float64Array(log.length);
  for (let trade = 0; trade < profits.length; trade++) profits[trade] = log.get(trade, PNL);
  return profits;
}

function codeOf(error: unknown): string {
  return error instanceof OperatorError ? error.details.code : "BUG";
}
