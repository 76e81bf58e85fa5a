import { OperatorError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { AnyStrategy } from "../../strategy/define-strategy.ts";
import { resolveParams } from "../../strategy/params.ts";
import { parseConstraint } from "./constraint.ts";
import { type Combination, grid, latinHypercube, random } from "./draw.ts";
import { parseDimension, sizeOf } from "./space.ts";
import type { SweepPlan, SweepSpec } from "./sweep-spec.ts";
import { suggest } from "./tpe.ts";
import { scoreOf, type Trial } from "./trial.ts";

/** More runs than this in one sweep are a slip of the keyboard. */
const MAX_TRIALS = 1_000_000;
/** Combinations that the Bayesian method decides on at once, whatever the number of threads: so that it cannot matter. */
export const BAYESIAN_BATCH = 8;
/** Runs drawn evenly before the Bayesian method begins to learn. */
const FIRST_DRAWS = 24;

/** Reads what a sweep is to vary. Throws OperatorError for a range, a name or a constraint that is wrong. */
export function planSweep(spec: SweepSpec, strategy: AnyStrategy): SweepPlan {
  if (spec.vary.length === 0) throw nothingVaried(strategy);
  const space = spec.vary.map((text) => parseDimension(text, strategy.params));
  const names = space.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i || name in spec.run.params);
  if (twice !== undefined) throw variedTwice(twice);
  const fixed = resolveParams(strategy.params, spec.run.params);
  const constraint =
    spec.constraint === undefined ? () => true : parseConstraint(spec.constraint, Object.keys(strategy.params));
  if (spec.method === "grid" && !(sizeOf(space) <= MAX_TRIALS)) throw tooLarge(sizeOf(space));
  const constrained: SweepPlan["constrained"] = (combination) => constraint({ ...fixed, ...combination });
  return {
    spec,
    space,
    constrained,
    allowed: (combination) => constrained(combination) && strategy.check({ ...fixed, ...combination }) === undefined,
  };
}

/**
 * The combinations of a method that decides on all of them beforehand. Throws OperatorError `NOTHING_TO_RUN` when the
 * constraint, or the strategy itself, refuses every one.
 */
export function plannedCombinations(plan: SweepPlan): Combination[] {
  const combinations = drawnCombinations(plan);
  if (combinations.length === 0) throw nothingToRun(plan);
  return combinations;
}

function drawnCombinations({ spec, space, allowed }: SweepPlan): Combination[] {
  const chance = seededRandom(spec.seed).fork(spec.method);
  switch (spec.method) {
    case "grid":
      return [...grid(space)].filter(allowed);
    case "random":
      return random(space, spec.trials, chance, allowed);
    case "latin-hypercube":
      return latinHypercube(space, spec.trials, chance, allowed);
    case "bayesian":
      return latinHypercube(space, Math.min(FIRST_DRAWS, spec.trials), chance, allowed);
  }
}

/** The Bayesian method's next combinations after the trials so far; none when it has had its number. */
export function nextCombinations({ spec, space, allowed }: SweepPlan, trials: readonly Trial[]): Combination[] {
  if (spec.method !== "bayesian" || trials.length >= spec.trials) return [];
  const count = Math.min(BAYESIAN_BATCH, spec.trials - trials.length);
  const tried = trials.map((trial) => ({ params: trial.params, score: scoreOf(trial, spec.objective, spec.minimize) }));
  return suggest(space, tried, count, seededRandom(spec.seed).fork(`after ${trials.length}`), allowed);
}

function nothingToRun({ spec, space, constrained }: SweepPlan): OperatorError {
  const size = sizeOf(space);
  const counted = size <= MAX_TRIALS;
  const removed = counted ? [...grid(space)].filter((one) => !constrained(one)).length : 0;
  const what = counted ? `all ${size} combinations` : "every combination that was drawn";
  const whose =
    counted && removed < size
      ? `The constraint removes ${removed} of ${size} combinations, and the strategy refuses the rest`
      : `The constraint removes ${what}`;
  return new OperatorError(`Nothing is left to run. ${spec.constraint ? whose : `The strategy refuses ${what}`}.`, {
    exit: "usage",
    code: "NOTHING_TO_RUN",
    expected: "a constraint and ranges that leave at least one combination",
    ...(spec.constraint !== undefined && { found: spec.constraint }),
  });
}

function nothingVaried({ name, params }: AnyStrategy): OperatorError {
  return new OperatorError("A sweep needs something to vary.", {
    exit: "usage",
    code: "NOTHING_VARIED",
    expected: `--vary NAME=FROM..TO, with NAME one of ${Object.keys(params).join(", ") || "(none)"} of ${name}`,
  });
}

function variedTwice(name: string): OperatorError {
  return new OperatorError(`${name} is given twice.`, {
    exit: "usage",
    code: "VARIED_TWICE",
    expected: "each parameter in one --vary, or in --param",
    found: name,
  });
}

function tooLarge(size: number): OperatorError {
  return new OperatorError(`The grid has ${size} combinations.`, {
    exit: "usage",
    code: "SWEEP_TOO_LARGE",
    expected: `at most ${MAX_TRIALS}, and a step for every range`,
    found: String(size),
    hint: "--method bayesian --trials 200",
  });
}
