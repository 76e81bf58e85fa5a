import { type Owner, type Scope, scopesOf } from "../scope.ts";
import type { SoftOverride } from "./soft-override.ts";

/**
 * Every limit by name, its unit, and on which side it is loose. `ceiling`: a greater value allows more. `floor`: a
 * smaller value allows more. The table of docs and of `ttt risk limits list`.
 */
export const LIMITS = {
  maxOrderLots: { unit: "lots", side: "ceiling", summary: "Largest quantity of one order" },
  minOrderNotional: { unit: "micros", side: "floor", summary: "Smallest value of one order that adds risk" },
  maxOrderNotional: { unit: "micros", side: "ceiling", summary: "Largest value of one order" },
  collarRatio: { unit: "ratio", side: "ceiling", summary: "Largest distance of a price from the reference" },
  collarRanges: { unit: "count", side: "ceiling", summary: "Largest distance from the reference in mean bar ranges" },
  collarDriftRatio: {
    unit: "ratio",
    side: "ceiling",
    summary: "Sum over the window of how far orders went through the reference",
  },
  maxReferenceAgeMs: { unit: "ms", side: "ceiling", summary: "Oldest reference price" },
  maxSourceSpreadRatio: { unit: "ratio", side: "ceiling", summary: "Largest disagreement of two price sources" },
  maxPositionLots: { unit: "lots", side: "ceiling", summary: "Largest position, counting all that is open" },
  maxGross: { unit: "micros", side: "ceiling", summary: "Largest sum of absolute exposures" },
  maxNet: { unit: "micros", side: "ceiling", summary: "Largest net exposure, long or short" },
  maxLeverage: { unit: "ratio", side: "ceiling", summary: "Largest gross exposure over equity" },
  maxConcentrationRatio: {
    unit: "ratio",
    side: "ceiling",
    summary: "Largest share of one instrument or sector in equity",
  },
  maxOpenOrders: { unit: "count", side: "ceiling", summary: "Most orders open at once" },
  maxOpenLots: { unit: "lots", side: "ceiling", summary: "Largest sum of open quantities" },
  maxOpenNotional: { unit: "micros", side: "ceiling", summary: "Largest sum of open values" },
  shortableLots: { unit: "lots", side: "ceiling", summary: "Largest short position; 0 is long only" },
  maxRateAgeMs: { unit: "ms", side: "ceiling", summary: "Oldest conversion rate" },
  messagesPerSecond: { unit: "count", side: "ceiling", summary: "Sustained orders a second" },
  messageBurst: { unit: "count", side: "ceiling", summary: "Orders at once" },
  maxOrdersPerDay: { unit: "count", side: "ceiling", summary: "Most orders in a trading day" },
  maxRepeatedRuns: { unit: "count", side: "ceiling", summary: "Most executions between two arms by a person" },
  maxOrderToTrade: { unit: "ratio", side: "ceiling", summary: "Most orders for one fill, over the window" },
  maxCancelRatio: { unit: "ratio", side: "ceiling", summary: "Largest share of cancelled orders, over the window" },
  maxDuplicates: { unit: "count", side: "ceiling", summary: "Most orders of the same content in the window" },
  maxRejects: { unit: "count", side: "ceiling", summary: "Most rejections by the venue in the window" },
  maxDayLoss: { unit: "micros", side: "ceiling", summary: "Largest loss of the trading day" },
  maxDrawdownRatio: { unit: "ratio", side: "ceiling", summary: "Largest fall of equity from its peak" },
  stopOutsBeforeCoolDown: { unit: "count", side: "ceiling", summary: "Stop-outs in the window that start a cool-down" },
  maxClockSkewMs: { unit: "ms", side: "ceiling", summary: "Largest difference to the venue's clock" },
  maxDriftLots: { unit: "lots", side: "ceiling", summary: "Largest difference to the venue's position" },
  maxFeedSilenceMs: {
    unit: "ms",
    side: "ceiling",
    summary: "Longest silence of the market data before trading is reduced",
  },
  maxCertificateAgeMs: { unit: "ms", side: "ceiling", summary: "Oldest reconciliation certificate" },
} as const satisfies Record<string, { unit: LimitUnit; side: "ceiling" | "floor"; summary: string }>;

export type LimitUnit = "lots" | "micros" | "ratio" | "count" | "ms";
export type LimitName = keyof typeof LIMITS;
/** Hard limits have no exception; a soft one may be overridden for one order, by an operator, on record (RC-08). */
export type LimitKind = "hard" | "soft";

/** One limit at one scope. `value` null says on purpose that there is none. */
export interface LimitRow {
  readonly name: LimitName;
  readonly scope: Scope;
  readonly value: number | null;
  readonly kind: LimitKind;
  /** Counts from this epoch on; until then the row before it, of the same name and scope, does (RC-07). */
  readonly fromEpoch?: number;
  /** Wall time at which `value` ends and `revertsTo` holds again, of that kind (RC-07). */
  readonly expires?: number;
  readonly revertsTo?: number | null;
  readonly revertsToKind?: LimitKind;
}

/** All limits in force, under one version number that every decision record names. */
export interface LimitSet {
  readonly version: number;
  readonly rows: readonly LimitRow[];
  /** Exceptions to soft limits that operators made for single orders, of now (RC-08). */
  readonly overrides?: readonly SoftOverride[];
}

/** What holds for one owner: the value, its kind and where it comes from. */
export interface ResolvedLimit {
  readonly value: number;
  readonly kind: LimitKind;
  readonly scope: Scope;
  /** Beside a soft limit: the strictest hard one over all scopes, which an override does not pass. */
  readonly hard?: number;
}

/** Every limit as it stands for one owner: `undefined` means that none was ever set, which denies; `null`, none on purpose. */
export type ResolvedLimits = Readonly<Record<LimitName, ResolvedLimit | null | undefined>>;

const NAMES = Object.keys(LIMITS).filter((name): name is LimitName => name in LIMITS);

/** The strictest row of each limit over all scopes of the owner, expired rows reverted, rows of later epochs left out. */
export function resolveLimits(set: LimitSet, owner: Owner, wall: number, epoch: number): ResolvedLimits {
  const scopes = new Set<Scope>(scopesOf(owner));
  const found: Partial<Record<LimitName, ResolvedLimit | null>> = {};
  const inForce = new Map<string, LimitRow>();
  for (const row of set.rows) {
    if (scopes.has(row.scope) && (row.fromEpoch ?? 0) <= epoch) inForce.set(`${row.name} ${row.scope}`, row);
  }
  const hard: Partial<Record<LimitName, number>> = {};
  for (const row of inForce.values()) {
    const { value, kind } = standingAt(row, wall);
    const hardest = hard[row.name];
    if (value !== null && kind === "hard" && (hardest === undefined || isStricter(row.name, value, hardest))) {
      hard[row.name] = value;
    }
    const held = found[row.name];
    if (value === null) {
      if (held === undefined) found[row.name] = null;
    } else if (held == null || isStricter(row.name, value, held.value)) {
      found[row.name] = { value, kind, scope: row.scope };
    }
  }
  const resolved: Partial<Record<LimitName, ResolvedLimit | null | undefined>> = {};
  for (const name of NAMES) {
    const limit = found[name];
    const behind = limit?.kind === "soft" ? hard[name] : undefined;
    resolved[name] = limit == null || behind === undefined ? limit : { ...limit, hard: behind };
  }
  return resolved as ResolvedLimits;
}

/** Whether `value` allows less than `than`. */
export function isStricter(name: LimitName, value: number, than: number): boolean {
  return LIMITS[name].side === "ceiling" ? value < than : value > than;
}

/** What a row says at a moment: its own value, or after its end the one before. */
export function standingAt(row: LimitRow, wall: number): { readonly value: number | null; readonly kind: LimitKind } {
  return row.expires !== undefined && wall >= row.expires && row.revertsTo !== undefined
    ? { value: row.revertsTo, kind: row.revertsToKind ?? row.kind }
    : { value: row.value, kind: row.kind };
}
