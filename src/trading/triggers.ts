import type { Level } from "./level.ts";
import type { LimitName, ResolvedLimits } from "./risk/limits.ts";

/** An input of a trigger, and when it was last seen: a number that nobody has refreshed is not a value (KS-26). */
export interface Reading {
  readonly value: number;
  /** Monotonic milliseconds. */
  readonly seenAt: number;
}

/** What the triggers look at. What is not known is undefined, never 0. */
export interface TriggerInputs {
  readonly dayLoss: Reading | undefined;
  readonly drawdownRatio: Reading | undefined;
  readonly driftLots: Reading | undefined;
  readonly rejects: Reading | undefined;
  readonly orderToTrade: Reading | undefined;
  readonly feedSilenceMs: Reading | undefined;
  readonly clockSkewMs: Reading | undefined;
  /** Executions since a person last acted, the next one included. */
  readonly executions: Reading | undefined;
  /** By how many more orders have left than intents were committed. */
  readonly departuresApart: Reading | undefined;
  /** 0 when the running build is the approved one, 1 when it is not. */
  readonly buildsApart: Reading | undefined;
}

export interface TriggerRule {
  readonly code: string;
  readonly input: keyof TriggerInputs;
  /** Trips when the input is above this limit; a number is a limit that cannot be set. */
  readonly limit: LimitName | number;
  readonly level: Exclude<Level, "RUN">;
  readonly summary: string;
}

/** The automatic triggers (KS-25). Each only raises a level; which limit each uses is data, and `null` switches it off. */
export const TRIGGERS: readonly TriggerRule[] = [
  {
    code: "DAY_LOSS",
    input: "dayLoss",
    limit: "maxDayLoss",
    level: "REDUCE_ONLY",
    summary: "The day's loss exceeds the limit.",
  },
  {
    code: "DRAWDOWN",
    input: "drawdownRatio",
    limit: "maxDrawdownRatio",
    level: "REDUCE_ONLY",
    summary: "Equity has fallen too far from its peak.",
  },
  {
    code: "DRIFT",
    input: "driftLots",
    limit: "maxDriftLots",
    level: "BLOCK",
    summary: "Own positions and the venue's stay apart.",
  },
  {
    code: "REJECT_STORM",
    input: "rejects",
    limit: "maxRejects",
    level: "REDUCE_ONLY",
    summary: "The venue rejects too many orders.",
  },
  {
    code: "ORDER_RATIO",
    input: "orderToTrade",
    limit: "maxOrderToTrade",
    level: "REDUCE_ONLY",
    summary: "Too many orders for each fill.",
  },
  {
    code: "REPEATED_EXECUTION",
    input: "executions",
    limit: "maxRepeatedRuns",
    level: "REDUCE_ONLY",
    summary: "The strategy was applied as often as it may be without a person.",
  },
  {
    code: "STALE_FEED",
    input: "feedSilenceMs",
    limit: "maxFeedSilenceMs",
    level: "REDUCE_ONLY",
    summary: "The market data is silent.",
  },
  {
    code: "CLOCK_SKEW",
    input: "clockSkewMs",
    limit: "maxClockSkewMs",
    level: "REDUCE_ONLY",
    summary: "The clock differs from the venue's.",
  },
  {
    code: "DEPARTURES",
    input: "departuresApart",
    limit: 0,
    level: "BLOCK",
    summary: "More orders have left than were intended.",
  },
  {
    code: "BUILD_SKEW",
    input: "buildsApart",
    limit: 0,
    level: "BLOCK",
    summary: "The running build is not the approved one.",
  },
];

/** How old an input may be, and after how many evaluations in a row without one the blindness itself trips. */
export const INPUT_FRESH_MS = 60_000;
export const BLIND_AFTER = 30;

export interface Trip {
  readonly code: string;
  readonly level: Exclude<Level, "RUN">;
  readonly reason: string;
}

/** Evaluates the triggers, and remembers how often each could not be evaluated. */
export class TriggerWatch {
  readonly #rules: readonly TriggerRule[];
  readonly #blind = new Map<string, number>();

  constructor(rules: readonly TriggerRule[] = TRIGGERS) {
    this.#rules = rules;
  }

  /** What trips now. `inputs` is asked inside, so that inputs that cannot even be gathered count as blindness. */
  evaluate(inputs: () => TriggerInputs, limits: ResolvedLimits, now: number): Trip[] {
    let known: TriggerInputs | undefined;
    try {
      known = inputs();
    } catch {
      // Not a reason to look away: every rule is blind then, and blindness trips (KS-25).
    }
    return this.#rules.flatMap((rule) => this.#evaluate(rule, known?.[rule.input], limits, now));
  }

  #evaluate(rule: TriggerRule, reading: Reading | undefined, limits: ResolvedLimits, now: number): Trip[] {
    const limit = typeof rule.limit === "number" ? { value: rule.limit } : limits[rule.limit];
    if (limit === null) return [];
    const usable =
      limit !== undefined &&
      reading !== undefined &&
      Number.isFinite(reading.value) &&
      now - reading.seenAt <= INPUT_FRESH_MS;
    if (!usable) return this.#blinded(rule);
    this.#blind.delete(rule.code);
    if (reading.value <= limit.value) return [];
    return [
      { code: rule.code, level: rule.level, reason: `${rule.summary} observed=${reading.value} limit=${limit.value}` },
    ];
  }

  #blinded(rule: TriggerRule): Trip[] {
    const times = (this.#blind.get(rule.code) ?? 0) + 1;
    this.#blind.set(rule.code, times);
    if (times < BLIND_AFTER) return [];
    return [
      {
        code: `${rule.code}_BLIND`,
        level: "REDUCE_ONLY",
        reason: `${rule.code} could not be evaluated ${times} times in a row`,
      },
    ];
  }
}
