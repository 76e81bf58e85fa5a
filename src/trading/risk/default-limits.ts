import type { LimitName, LimitRow, LimitSet } from "./limits.ts";

/**
 * What holds before anyone has set a limit: every one of them, in sizes fit for paper trading. `null` says on purpose
 * that there is none. Amounts are millionths of the account's currency.
 */
const VALUES: Record<LimitName, number | null> = {
  maxOrderLots: null,
  minOrderNotional: null,
  maxOrderNotional: 1_000_000e6,
  collarRatio: 0.05,
  collarRanges: null,
  collarDriftRatio: 0.5,
  maxReferenceAgeMs: 120_000,
  maxSourceSpreadRatio: 0.05,
  maxPositionLots: null,
  maxGross: 2_000_000e6,
  maxNet: 2_000_000e6,
  maxLeverage: 1,
  maxConcentrationRatio: null,
  maxOpenOrders: 100,
  maxOpenLots: null,
  maxOpenNotional: 2_000_000e6,
  shortableLots: null,
  maxRateAgeMs: 60_000,
  messagesPerSecond: 50,
  messageBurst: 100,
  maxOrdersPerDay: 100_000,
  maxRepeatedRuns: null,
  maxOrderToTrade: 100,
  maxCancelRatio: 0.95,
  maxDuplicates: 5,
  maxRejects: 20,
  maxDayLoss: null,
  maxDrawdownRatio: 0.5,
  stopOutsBeforeCoolDown: null,
  maxClockSkewMs: 1_000,
  maxDriftLots: 0,
  maxFeedSilenceMs: null,
  maxCertificateAgeMs: 30_000,
};

export const DEFAULT_LIMITS: LimitSet = {
  version: 0,
  rows: Object.entries(VALUES).map(([name, value]): LimitRow => {
    if (!isName(name)) throw new Error(name);
    return { name, scope: "global", value, kind: "hard" };
  }),
};

function isName(name: string): name is LimitName {
  return name in VALUES;
}
