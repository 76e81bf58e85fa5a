import type { Clock } from "./clock.ts";

export interface BucketTerms {
  /** Calls that may come at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Buckets kept at most; the one that was used longest ago goes first, full as it then is. */
const MOST_BUCKETS = 10_000;

/** Limits the rate of calls, for each key by itself. */
export class TokenBuckets {
  readonly #clock: Clock;
  readonly #terms: BucketTerms;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock, terms: BucketTerms) {
    this.#clock = clock;
    this.#terms = terms;
  }

  /** Takes a token: 0 when there was one, otherwise the milliseconds until there will be. */
  take(key: string): number {
    const { burst, perSecond } = this.#terms;
    const now = this.#clock.monotonic();
    const before = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before.tokens + ((now - before.at) / 1000) * perSecond);
    const isFree = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isFree ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > MOST_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value ?? key);
    return isFree ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
  }
}
