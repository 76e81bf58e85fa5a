import type { MarketImpact } from "../ops/incident/market-impact.ts";

/** What trading did in a span of time, from its own record. */
export interface ImpactRecord {
  /** Times in milliseconds since the epoch. Rejects with an OutageError when the record does not answer. */
  impact(from: number, to: number): Promise<MarketImpact>;
}
