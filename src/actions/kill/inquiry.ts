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
 * question that was left open nothing more is asked. Never rejects; what was not answered says why.
 */
export class Inquiry {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #isSilent = false;

  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** The server is away or stands still, as opposed to one that said no. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  async ask<T>(question: () => Promise<T>): Promise<Result<T, string>> {
    if (this.#isSilent) return refuse("not asked again");
    const answered = new AbortController();
    const late = sleep(this.#clock, this.#patienceMs, answered.signal).then(() => {
      throw new OutageError("postgres", `no answer within ${this.#patienceMs / 1_000} s`);
    });
    // When the answer was first, nobody hears this.
    late.catch(() => {});
    try {
      return accept(await Promise.race([question(), late]));
    } catch (error) {
      this.#isSilent ||= error instanceof OutageError;
      return refuse(messageOf(error));
    } finally {
      answered.abort();
    }
  }
}
