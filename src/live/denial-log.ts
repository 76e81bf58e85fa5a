/** At most so many records of one code are written in one second; the rest is only counted (KS-31). */
const RECORDS_PER_SECOND = 5;

/** Counts denials by code, and says which are worth a record. */
export class DenialLog {
  readonly counts = new Map<string, number>();
  readonly #recorded = new Map<string, { second: number; count: number }>();

  count(code: string): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
  }

  /** Counts the denial; true when it is to be written down. */
  admit(code: string, now: number): boolean {
    this.count(code);
    const second = Math.floor(now / 1000);
    const held = this.#recorded.get(code);
    const count = held?.second === second ? held.count + 1 : 1;
    this.#recorded.set(code, { second, count });
    return count <= RECORDS_PER_SECOND;
  }
}
