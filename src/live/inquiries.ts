import type { ClientOrderId } from "../trading/order.ts";
import type { BookEntry } from "./book.ts";
import type { SessionTiming } from "./session-config.ts";

interface Inquiry {
  /** The question that is under way, and when it was asked. */
  request: number | undefined;
  askedAt: number;
  /** When the first question that the venue answered with "unknown" was asked, late enough to count. */
  unknownSince: number | undefined;
}

/**
 * Questions to the venue about single orders whose fate is not known (OL-03). "Unknown" proves that an order never
 * arrived only when it was asked after anything under way must have landed, and twice.
 */
export class Inquiries {
  readonly #timing: SessionTiming;
  readonly #open = new Map<ClientOrderId, Inquiry>();
  #lastRequest = 0;

  constructor(timing: SessionTiming) {
    this.#timing = timing;
  }

  get(id: ClientOrderId): boolean {
    return this.#open.has(id);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Starts asking about an order, unless that is so already. */
  open(id: ClientOrderId): void {
    if (!this.#open.has(id))
      this.#open.set(id, { request: undefined, askedAt: Number.NEGATIVE_INFINITY, unknownSince: undefined });
  }

  /** The venue has said what it is. */
  close(id: ClientOrderId): void {
    this.#open.delete(id);
  }

  /** The questions to ask now. */
  due(now: number): { readonly id: ClientOrderId; readonly request: number }[] {
    const questions = [];
    for (const [id, inquiry] of this.#open) {
      const wait = inquiry.request === undefined ? this.#timing.queryMs : this.#timing.answerMs;
      if (now < inquiry.askedAt + wait) continue;
      this.#lastRequest += 1;
      inquiry.request = this.#lastRequest;
      inquiry.askedAt = now;
      questions.push({ id, request: this.#lastRequest });
    }
    return questions;
  }

  /** When the next question is due. */
  get wakeAt(): number | undefined {
    let earliest: number | undefined;
    for (const { request, askedAt } of this.#open.values()) {
      const at = askedAt + (request === undefined ? this.#timing.queryMs : this.#timing.answerMs);
      earliest = Math.min(at, earliest ?? at);
    }
    return earliest;
  }

  /** The venue does not know the order. True when that proves, by now, that it is not there and cannot come any more. */
  provesAbsence(entry: BookEntry, request: number): boolean {
    const inquiry = this.#open.get(entry.order.id);
    // An answer to an older question says nothing about now.
    if (inquiry === undefined || inquiry.request !== request) return false;
    inquiry.request = undefined;
    if (entry.leftBy === undefined || inquiry.askedAt < entry.leftBy + this.#timing.inFlightMs) return false;
    inquiry.unknownSince ??= inquiry.askedAt;
    return inquiry.askedAt >= inquiry.unknownSince + this.#timing.proofMs;
  }
}
