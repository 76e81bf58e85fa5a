import type { Random } from "../../core/random.ts";
import type { ParamValue } from "../../strategy/params.ts";
import { type Dimension, sizeOf, valueAt } from "./space.ts";

/** Values of the varied parameters, by name. */
export type Combination = Readonly<Record<string, ParamValue>>;

/** Draws that may be refused in a row before a space counts as exhausted. */
const MAX_REFUSALS = 10_000;

/** Every combination, the last dimension moving fastest. */
export function* grid(space: readonly Dimension[]): Generator<Combination> {
  const size = sizeOf(space);
  for (let index = 0; index < size; index++) {
    const combination: Record<string, ParamValue> = {};
    let rest = index;
    for (const dimension of space.toReversed()) {
      if (dimension.kind !== "discrete") continue;
      combination[dimension.name] = dimension.values[rest % dimension.values.length]!;
      rest = Math.floor(rest / dimension.values.length);
    }
    yield ordered(combination, space);
  }
}

/** Different combinations drawn evenly, of those that are allowed: `count`, or all there are when that is fewer. */
export function random(
  space: readonly Dimension[],
  count: number,
  chance: Random,
  allowed: (one: Combination) => boolean,
): Combination[] {
  return distinct(count, allowed, () => combine(space, () => chance.next()));
}

/**
 * Latin hypercube: each dimension is cut into `count` equal parts, and each part is used once. Combinations that are
 * not allowed, or came before, are replaced by even draws.
 */
export function latinHypercube(
  space: readonly Dimension[],
  count: number,
  chance: Random,
  allowed: (one: Combination) => boolean,
): Combination[] {
  const parts = new Map(space.map(({ name }) => [name, shuffled(count, chance)]));
  let next = 0;
  return distinct(count, allowed, () => {
    const row = next++;
    return combine(space, (name) => (row < count ? (parts.get(name)![row]! + chance.next()) / count : chance.next()));
  });
}

function distinct(count: number, allowed: (one: Combination) => boolean, draw: () => Combination): Combination[] {
  const found: Combination[] = [];
  const seen = new Set<string>();
  for (let refused = 0; found.length < count && refused < MAX_REFUSALS; ) {
    const combination = draw();
    const key = keyOf(combination);
    if (seen.has(key) || !allowed(combination)) {
      refused++;
      continue;
    }
    refused = 0;
    seen.add(key);
    found.push(combination);
  }
  return found;
}

function combine(space: readonly Dimension[], position: (name: string) => number): Combination {
  return Object.fromEntries(space.map((dimension) => [dimension.name, valueAt(dimension, position(dimension.name))]));
}

function ordered(values: Combination, space: readonly Dimension[]): Combination {
  return Object.fromEntries(space.map(({ name }) => [name, values[name]!]));
}

/** 0 to count - 1 in chance's order (Fisher and Yates). */
export function shuffled(count: number, chance: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = chance.integer(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

export function keyOf(combination: Combination): string {
  return JSON.stringify(Object.values(combination));
}
