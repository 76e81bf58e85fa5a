import type { BacktestSpec } from "./spec.ts";

/** What an account starts with where nothing is said. */
export const DEFAULT_CASH = 10_000;

/** Every option once: reports write them in this order, whoever gave them in which. */
const ORDER: Record<keyof BacktestSpec, true> = {
  cash: true,
  commission: true,
  spread: true,
  slippage: true,
  financing: true,
  latencyBars: true,
  timezone: true,
  volumeShare: true,
  leverage: true,
  maintenanceMargin: true,
  positions: true,
  exclusive: true,
  fill: true,
  limitFill: true,
  finalize: true,
  instruments: true,
  risk: true,
  seed: true,
  checked: true,
  compat: true,
};

/**
 * The same options as they are written down and hashed: the cash always named, and each in its place. So a run that
 * came as flags, as a file or as a request to the API has one id and one report, to the byte.
 */
export function settledOptions(options: BacktestSpec): BacktestSpec {
  const given: BacktestSpec = { cash: DEFAULT_CASH, ...options };
  const settled: { -readonly [K in keyof BacktestSpec]: BacktestSpec[K] } = {};
  const put = <K extends keyof BacktestSpec>(name: K): void => {
    const value = given[name];
    if (value !== undefined) settled[name] = value;
  };
  for (const name of Object.keys(ORDER) as (keyof BacktestSpec)[]) put(name);
  return settled;
}
