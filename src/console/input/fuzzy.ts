export interface FuzzyMatch {
  /** Higher is better. */
  readonly score: number;
  /** Places of the matched characters in the text, ascending. */
  readonly places: readonly number[];
}

/** Weights in the manner of fzf: a run of characters and the starts of words count most, gaps cost a little. */
const MATCH = 16;
const RUN = 12;
const WORD_START = 10;
const GAP = 1;

/**
 * Whether the characters of `query` stand in `text` in this order, whatever their case, and how well.
 * Finds the best placement, not the first. An empty query matches everything with score 0.
 */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | undefined {
  const wanted = [...query.toLowerCase().replaceAll(/\s+/g, "")];
  if (wanted.length === 0) return { score: 0, places: [] };
  const letters = [...text.toLowerCase()];
  let best: (FuzzyMatch | undefined)[] = letters.map((letter, at) =>
    letter === wanted[0] ? { score: MATCH + startBonus(text, at) - Math.min(at, 8), places: [at] } : undefined,
  );
  for (const letter of wanted.slice(1)) {
    best = letters.map((candidate, at) => (candidate === letter ? extend(best, text, at) : undefined));
  }
  return best.reduce((top, one) => (one && (!top || one.score > top.score) ? one : top), undefined);
}

/** The best way to go on from any placement that ends before `at`. */
function extend(best: readonly (FuzzyMatch | undefined)[], text: string, at: number): FuzzyMatch | undefined {
  let top: FuzzyMatch | undefined;
  for (let end = 0; end < at; end++) {
    const before = best[end];
    if (!before) continue;
    const bonus = end === at - 1 ? RUN : startBonus(text, at) - GAP * Math.min(at - end - 1, 8);
    const score = before.score + MATCH + bonus;
    if (!top || score > top.score) top = { score, places: [...before.places, at] };
  }
  return top;
}

function startBonus(text: string, at: number): number {
  return at === 0 || /[\s:./_-]/.test(text[at - 1]!) ? WORD_START : 0;
}
