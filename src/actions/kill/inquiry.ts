import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OutageError } from "../../core/errors.ts";
import { accept, type Result, refuse } from "../../core/result.ts";
import { LEASE_GUARD_MS } from "../../trading/lease.ts";
import { PERMIT_LIFE_MS } from "../../trading/permit.ts";

/** By then nobody holds a permit any more whom a silent authority kept from hearing: to wait longer stops nobody. */
const LEAST_MS = PERMIT_LIFE_MS + LEASE_GUARD_MS;
/** Of the time that the acknowledgements have: the rest is for those who are told without the authority. */
const SHARE = 3 / 4;

/** How long a kill waits for an answer of the authority. */
export const authorityPatienceMs = (ackTimeoutMs: number): number => Math.max(LEAST_MS, ackTimeoutMs * SHARE);

/**
 * What one kill asks of the authority's database. A server that stands still costs the kill its patience once: after a
 * question that was left open for long nothing more is asked. One that refuses at once may be asked again: that costs
 * nothing, and it may have room for the next question. Never rejects; what was not answered says why.
 */
export class Inquiry {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #isSilent = false;
  #wasAway = false;

  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** It stands still: nothing more is asked. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** A question did not reach it, or found no answer, as opposed to one that it said no to. */
  get wasAway(): boolean {
    return this.#wasAway;
  }

  async ask<T>(question: () => Promise<T>): Promise<Result<T, string>> {
    if (this.#isSilent) return refuse("not asked again");
    const askedAt = this.#clock.monotonic();
    const answered = new AbortController();
    const late = sleep(this.#clock, this.#patienceMs, answered.signal).then(() => {
      throw new OutageError("postgres", `no answer within ${this.#patienceMs / 1_000} s`);
    });
    // When the answer was first, nobody hears this.
    late.catch(() => {});
    try {
      return accept(await Promise.race([question(), late]));
    } catch (error) {
      const isAway = error instanceof OutageError;
      this.#wasAway ||= isAway;
      this.#isSilent ||= isAway && this.#clock.monotonic() - askedAt >= this.#patienceMs / 2;
      return refuse(messageOf(error));
    } finally {
      answered.abort();
    }
  }
}
