import type { Intent } from "../trading/intent.ts";

/** A decided intent and the monotonic time of its decision. */
export interface Decided {
  readonly intent: Intent;
  readonly at: number;
}

interface Turn {
  readonly turn: number;
  readonly decided: readonly Decided[];
  askedAt: number;
}

/**
 * Intents on their way into the store: one turn under way at a time, everything decided meanwhile waits for the next
 * and shares one commit (OL-02). A turn that was not answered is asked again with the same ids.
 */
export class CommitQueue {
  readonly #retryMs: number;
  #waiting: Decided[] = [];
  #underWay: Turn | undefined;
  #turn = 0;

  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#underWay === undefined;
  }

  get wakeAt(): number | undefined {
    return this.#underWay === undefined ? undefined : this.#underWay.askedAt + this.#retryMs;
  }

  add(decided: Decided): void {
    this.#waiting.push(decided);
  }

  /** The turn to ask the store for now: a new one, or the one under way again. */
  due(now: number): { readonly turn: number; readonly intents: readonly Intent[] } | undefined {
    if (this.#underWay === undefined) {
      if (this.#waiting.length === 0) return undefined;
      this.#turn += 1;
      this.#underWay = { turn: this.#turn, decided: this.#waiting, askedAt: now };
      this.#waiting = [];
    } else {
      if (now < this.#underWay.askedAt + this.#retryMs) return undefined;
      this.#underWay.askedAt = now;
    }
    return { turn: this.#underWay.turn, intents: this.#underWay.decided.map((one) => one.intent) };
  }

  /** The store has answered; the turn's intents, or none when the answer is an old one. */
  settle(turn: number): readonly Decided[] {
    if (this.#underWay?.turn !== turn) return [];
    const { decided } = this.#underWay;
    this.#underWay = undefined;
    return decided;
  }

  /** Gives up everything that is not under way. */
  drop(): readonly Decided[] {
    const dropped = this.#waiting;
    this.#waiting = [];
    return dropped;
  }
}
