import type { DatasetInfo } from "../backtest/data/dataset.ts";
import { SYNTHETIC_DEFAULTS, type SyntheticOptions, syntheticBars } from "../backtest/data/synthetic-bars.ts";
import type { BarStore } from "../ports/bar-store.ts";
import { saveBars } from "./import-bars.ts";

/** Makes up bars and stores them, labelled as synthetic. Equal options make equal bars. */
export function generateBars(name: string, options: Partial<SyntheticOptions>, bars: BarStore): Promise<DatasetInfo> {
  const market = { ...SYNTHETIC_DEFAULTS, ...options };
  const label = { name, synthetic: true, source: `generated with seed ${market.seed}`, timezone: "UTC" };
  return saveBars(bars, label, syntheticBars(market));
}
