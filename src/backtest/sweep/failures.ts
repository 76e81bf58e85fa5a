import { isDone, type Trial, type TrialFailed } from "./trial.ts";

/** The runs of a sweep that failed for one reason. */
export interface FailuresOfCode {
  readonly code: string;
  readonly count: number;
  /** The one of the lowest index: its parameters and its message. */
  readonly first: TrialFailed;
}

/** Failed runs by the code of their error, the most common first. */
export function failuresByCode(trials: readonly Trial[]): FailuresOfCode[] {
  const found = new Map<string, FailuresOfCode>();
  for (const trial of trials) {
    if (isDone(trial)) continue;
    const { code } = trial.error;
    const known = found.get(code);
    found.set(code, known === undefined ? { code, count: 1, first: trial } : { ...known, count: known.count + 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.first.index - b.first.index);
}
