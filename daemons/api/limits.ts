import type { Clock } from "../../src/core/clock.ts";
import { TokenBuckets } from "../../src/core/token-bucket.ts";
import { HttpRefusal } from "./problem.ts";

/** What a console, a dashboard and some scripts of one caller need, several times over. */
const READS = { burst: 400, perSecond: 200 };
const CHANGES = { burst: 100, perSecond: 50 };
/** From one address. Guessing 256 bits is hopeless anyway; this keeps it from costing anything. */
const FAILURES = { burst: 20, perSecond: 1 };

/** How often callers may call. */
export class Limits {
  readonly #reads: TokenBuckets;
  readonly #changes: TokenBuckets;
  readonly #failures: TokenBuckets;

  constructor(clock: Clock) {
    this.#reads = new TokenBuckets(clock, READS);
    this.#changes = new TokenBuckets(clock, CHANGES);
    this.#failures = new TokenBuckets(clock, FAILURES);
  }

  /** Throws a refusal (429) when this caller called too often. */
  admit(caller: string, method: string): void {
    refuse((method === "get" ? this.#reads : this.#changes).take(caller));
  }

  /** Counts a wrong token from this address; throws a refusal (429) when there were too many. */
  failed(address: string): void {
    refuse(this.#failures.take(address));
  }
}

export class TooMany extends HttpRefusal {
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super(429, "Too many requests.", {
      exit: "refused",
      code: "TOO_MANY_REQUESTS",
      hint: `again in ${retryAfterMs} ms`,
      retryable: true,
    });
    this.retryAfterMs = retryAfterMs;
  }
}

function refuse(waitMs: number): void {
  if (waitMs > 0) throw new TooMany(waitMs);
}
