import { type Random, seededRandom } from "../core/random.ts";
import { quantile } from "./statistics/moments.ts";

/** `block`: returns of bars in blocks, drawn with replacement. `trades`: the trades in another order. */
export const MONTE_CARLO_METHODS = ["block", "trades"] as const;
export type MonteCarloMethod = (typeof MONTE_CARLO_METHODS)[number];

export interface MonteCarloOptions {
  readonly method: MonteCarloMethod;
  readonly runs: number;
  /** Bars of a block: long enough to keep what bars have to do with their neighbours. */
  readonly block: number;
  readonly seed: number;
}

/** The distribution of one measure over the runs. */
export interface Distribution {
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  /** What the run itself had. */
  readonly actual: number;
}

export interface MonteCarloResult extends MonteCarloOptions {
  readonly finalEquity: Distribution;
  readonly totalReturn: Distribution;
  /** Negative fractions: p5 is the bad end. */
  readonly maxDrawdown: Distribution;
  /** Fraction of the runs that ended below their start. */
  readonly lossProbability: number;
  /** Fraction of the runs whose drawdown was deeper than the actual one. */
  readonly deeperDrawdownProbability: number;
}

/** What the run was: returns of its bars, profits of its closed trades in their order, and the cash it began with. */
export interface MonteCarloInput {
  readonly returns: Float64Array;
  readonly profits: readonly number[];
  readonly cash: number;
}

/** What one alternative history came to. */
interface Outcome {
  readonly final: number;
  readonly drawdown: number;
}

/**
 * Alternative histories of a run. Blocks are those of the circular block bootstrap: drawn anywhere, the end continuing
 * at the beginning. Shuffled trades always end at the same equity; what they show is how deep it could have gone.
 */
export function monteCarlo(
  {
    returns,
    profits,
    cash,
  }: { readonly returns: Float64Array; readonly profits: readonly number[]; readonly cash: number },
  options: MonteCarloOptions,
): MonteCarloResult {
  const chance = seededRandom(options.seed).fork(options.method);
  const steps = options.method === "block" ? returns : growthOf(profits, cash);
  const history = (order: (i: number) => number): Outcome => compound(steps, cash, order);
  const { length } = steps;
  const actual = history((i) => i);
  const outcomes = Array.from({ length: options.runs }, () =>
    history(options.method === "block" ? blockOrder(length, options.block, chance) : shuffledOrder(length, chance)),
  );
  const spread = (of: (outcome: Outcome) => number) => distribution(outcomes.map(of), of(actual));
  const share = (test: (outcome: Outcome) => boolean) => outcomes.filter(test).length / outcomes.length;
  return {
    ...options,
    finalEquity: spread(({ final }) => final),
    totalReturn: spread(({ final }) => final / cash - 1),
    maxDrawdown: spread(({ drawdown }) => -drawdown),
    lossProbability: share(({ final }) => final < cash),
    deeperDrawdownProbability: share(({ drawdown }) => drawdown > actual.drawdown),
  };
}

/** Each trade's profit as a fraction of what there was before it, so that a late trade is no larger than an early one. */
function growthOf(profits: readonly number[], cash: number): Float64Array {
  let balance = cash;
  return Float64Array.from(profits, (profit) => {
    const growth = balance > 0 ? profit / balance : 0;
    balance += profit;
    return growth;
  });
}

function compound(steps: Float64Array, cash: number, order: (i: number) => number): Outcome {
  let [equity, top, drawdown] = [cash, cash, 0];
  for (let i = 0; i < steps.length; i++) {
    equity = Math.max(0, equity * (1 + steps[order(i)]!));
    if (equity > top) top = equity;
    else drawdown = Math.max(drawdown, 1 - equity / top);
  }
  return { final: equity, drawdown };
}

function blockOrder(length: number, block: number, chance: Random): (i: number) => number {
  let start = 0;
  return (i) => {
    if (i % block === 0) start = chance.integer(0, length - 1);
    return (start + (i % block)) % length;
  };
}

function shuffledOrder(length: number, chance: Random): (i: number) => number {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = chance.integer(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return (i) => order[i]!;
}

function distribution(values: readonly number[], actual: number): Distribution {
  const sorted = Float64Array.from(values).sort();
  const at = (fraction: number) => quantile(sorted, fraction);
  return { p5: at(0.05), p25: at(0.25), median: at(0.5), p75: at(0.75), p95: at(0.95), actual };
}
