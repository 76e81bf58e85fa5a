import type { StrategyLoader } from "../ports/strategy-loader.ts";
import { BUILT_IN_STRATEGIES } from "../strategy/builtin/index.ts";
import type { AnyStrategy } from "../strategy/define-strategy.ts";
import { describeParam, type Param } from "../strategy/params.ts";

/** A strategy as a list or a form shows it. */
export interface StrategyCard {
  readonly name: string;
  readonly summary: string;
  /** `built-in`, or the path of its file. */
  readonly origin: string;
  readonly params: readonly ParamCard[];
}

export interface ParamCard {
  readonly name: string;
  readonly kind: Param["kind"];
  readonly default: number | string | boolean;
  /** What it accepts, in words. */
  readonly accepts: string;
  readonly summary: string;
}

/** The strategies that come with ttt. */
export function listStrategies(): StrategyCard[] {
  return [...BUILT_IN_STRATEGIES.values()].map((strategy) => cardOf(strategy, "built-in"));
}

/** One strategy, built in or from a file. */
export async function describeStrategy(reference: string, strategies: StrategyLoader): Promise<StrategyCard> {
  const { strategy, path } = await strategies.load(reference);
  return cardOf(strategy, path ?? "built-in");
}

function cardOf({ name, summary, params }: AnyStrategy, origin: string): StrategyCard {
  const cards = Object.entries(params).map(([key, param]) => ({
    name: key,
    kind: param.kind,
    default: param.default,
    accepts: describeParam(param),
    summary: param.summary ?? "",
  }));
  return { name, summary, origin, params: cards };
}
