import type { Random } from "../../core/random.ts";
import type { ParamValue } from "../../strategy/params.ts";
import { type Combination, keyOf } from "./draw.ts";
import type { ContinuousDimension, Dimension, DiscreteDimension } from "./space.ts";

/** A combination that was tried, and how good it was; undefined when it failed. */
export interface Tried {
  readonly params: Combination;
  readonly score: number | undefined;
}

/** The better part of what was tried, which the next combinations should resemble. */
const GOOD_FRACTION = 0.1;
/** Candidates of which the most promising is taken. */
const CANDIDATES = 24;
const MAX_REFUSALS = 1000;

/**
 * Tree-structured Parzen estimator (Bergstra and others, 2011): draws candidates that resemble the good combinations,
 * and takes the one that resembles them most compared with the others. Returns up to `count` new ones.
 */
export function suggest(
  space: readonly Dimension[],
  tried: readonly Tried[],
  count: number,
  chance: Random,
  allowed: (one: Combination) => boolean,
): Combination[] {
  const ranked = tried.toSorted(
    (a, b) => (b.score ?? Number.NEGATIVE_INFINITY) - (a.score ?? Number.NEGATIVE_INFINITY),
  );
  const cut = Math.max(1, Math.ceil(GOOD_FRACTION * ranked.filter(({ score }) => score !== undefined).length));
  const models = space.map((dimension) => {
    const values = ranked.map(({ params }) => params[dimension.name]!);
    return [densityOf(dimension, values.slice(0, cut)), densityOf(dimension, values.slice(cut))] as const;
  });
  const seen = new Set(tried.map(({ params }) => keyOf(params)));
  const chosen: Combination[] = [];
  for (let i = 0; i < count; i++) {
    let best: Combination | undefined;
    let bestRatio = Number.NEGATIVE_INFINITY;
    let candidates = 0;
    for (let refused = 0; candidates < CANDIDATES && refused < MAX_REFUSALS; ) {
      const drawn = space.map((_, d) => models[d]![0].draw(chance));
      const candidate: Combination = Object.fromEntries(space.map(({ name }, d) => [name, drawn[d]!]));
      if (seen.has(keyOf(candidate)) || !allowed(candidate)) {
        refused++;
        continue;
      }
      candidates++;
      const ratio = models.reduce((sum, [good, bad], d) => sum + Math.log(good.at(drawn[d]!) / bad.at(drawn[d]!)), 0);
      if (ratio > bestRatio) [best, bestRatio] = [candidate, ratio];
    }
    if (best === undefined) break;
    seen.add(keyOf(best));
    chosen.push(best);
  }
  return chosen;
}

interface Density {
  draw(chance: Random): ParamValue;
  at(value: ParamValue): number;
}

function densityOf(dimension: Dimension, values: readonly ParamValue[]): Density {
  if (dimension.kind === "continuous") return continuousDensity(dimension, values.map(Number));
  const numeric = dimension.values.length > 2 && dimension.values.every((value) => typeof value === "number");
  return numeric ? orderedDensity(dimension, values.map(Number)) : choiceDensity(dimension, values);
}

/** A mixture of normal kernels around the observed values, and a flat one so that nothing is impossible. */
function continuousDensity({ min, max }: ContinuousDimension, values: readonly number[]): Density {
  const range = Math.max(max - min, Number.MIN_VALUE);
  const widths = bandwidths(values.map((value) => (value - min) / range));
  return {
    draw(chance) {
      const pick = chance.integer(0, values.length);
      if (pick === values.length) return min + chance.next() * range;
      return Math.min(max, Math.max(min, values[pick]! + chance.normal() * widths[pick]! * range));
    },
    at(value) {
      let sum = 1;
      for (const [i, center] of values.entries()) {
        sum += kernel((Number(value) - center) / range / widths[i]!) / widths[i]!;
      }
      return sum / (values.length + 1);
    },
  };
}

/** The same over the positions of ordered values. */
function orderedDensity({ values: all }: DiscreteDimension, values: readonly number[]): Density {
  const last = all.length - 1;
  const positions = values.map((value) => all.indexOf(value) / last);
  const inner = continuousDensity({ kind: "continuous", name: "", min: 0, max: 1 }, positions);
  return {
    draw: (chance) => all[Math.round(Number(inner.draw(chance)) * last)]!,
    at: (value) => inner.at(all.indexOf(value) / last),
  };
}

/** How often each choice was observed, and once more. */
function choiceDensity({ values: all }: DiscreteDimension, values: readonly ParamValue[]): Density {
  const weights = all.map((choice) => 1 + values.filter((value) => value === choice).length);
  const total = values.length + all.length;
  return {
    draw(chance) {
      let rest = chance.next() * total;
      for (const [i, weight] of weights.entries()) {
        rest -= weight;
        if (rest < 0) return all[i]!;
      }
      return all.at(-1)!;
    },
    at: (value) => weights[all.indexOf(value)]! / total,
  };
}

/** No kernel is narrower than this fraction of the range, or wider than that. */
const WIDTHS = [0.01, 0.5] as const;

/** The width of each kernel reaches to the farther of its neighbours, as in Bergstra's estimator. */
function bandwidths(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const widths = new Array<number>(values.length);
  for (const [rank, i] of order.entries()) {
    const before = rank === 0 ? 0 : values[order[rank - 1]!]!;
    const after = rank === order.length - 1 ? 1 : values[order[rank + 1]!]!;
    const reach = Math.max(values[i]! - before, after - values[i]!);
    // At the ends the border is no neighbour: it would make the outermost kernels too wide.
    const inner = rank === 0 ? after - values[i]! : rank === order.length - 1 ? values[i]! - before : reach;
    const wanted = values.length === 1 ? WIDTHS[1] / 2 : inner;
    widths[i] = Math.min(WIDTHS[1], Math.max(WIDTHS[0], 1 / (4 * (values.length + 1)), wanted));
  }
  return widths;
}

const kernel = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
