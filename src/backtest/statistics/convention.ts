/** Whose definitions the statistics follow. `ttt` is the largest family: empyrical, quantstats. */
export const CONVENTIONS = ["ttt", "backtesting.py", "lean", "freqtrade", "jesse"] as const;
export type Convention = (typeof CONVENTIONS)[number];
