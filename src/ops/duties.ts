/** Work of one kind that has to go forward as long as there is some. */
export interface Duty {
  /** How long it may stand still. */
  readonly withinMs: number;
  /** What stands still, in words: `a running job takes no step`. */
  readonly words: string;
  /** Whether there is such work to do now; always when left out. */
  readonly isDue?: () => boolean;
  /** Whether only this process can be what holds it up, so that a new process may help. */
  readonly isOwn: boolean;
}

/** How the work of a daemon stands, as its beats tell it. */
export interface WorkStanding {
  /** Work that should have gone forward by now, in words; empty when all does. */
  readonly overdue: string;
  /** Some of it is work that only this process holds up. */
  readonly stuck: boolean;
  /** What it depends on and does not get, in words; empty when all answer. */
  readonly trouble: string;
}

export interface Progress {
  readonly count: number;
  /** Since it last went forward. */
  readonly ageMs: number;
}

/**
 * What a daemon does and owes. An event loop that turns proves little: it may turn over a promise that never settles.
 * So each daemon says what must go forward, and reports when it does; the difference is told with every beat.
 */
export class Duties {
  readonly #now: () => number;
  readonly #seen = new Map<string, { count: number; at: number }>();
  readonly #duties = new Map<string, { duty: Duty; dueSince: number | undefined }>();
  readonly #troubles = new Map<string, string>();

  /** `now` is monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Work of this kind went forward. */
  progress(what: string): void {
    const entry = this.#seen.get(what);
    if (entry) {
      entry.count += 1;
      entry.at = this.#now();
    } else this.#seen.set(what, { count: 1, at: this.#now() });
  }

  owe(what: string, duty: Duty): void {
    this.#duties.set(what, { duty, dueSince: undefined });
  }

  /** How something that the daemon needs answers: undefined is well, else what is wrong. */
  depend(on: string, trouble: string | undefined): void {
    if (trouble === undefined) this.#troubles.delete(on);
    else this.#troubles.set(on, trouble);
  }

  seen(): ReadonlyMap<string, Progress> {
    return new Map([...this.#seen].map(([what, { count, at }]) => [what, { count, ageMs: this.#now() - at }]));
  }

  /** Called at every beat: what was not due at the last one begins to count from now. */
  standing(): WorkStanding {
    const overdue = [...this.#duties].flatMap(([what, entry]) => (this.#isOverdue(what, entry) ? [entry.duty] : []));
    return {
      overdue: overdue.map(({ words, withinMs }) => `${words} for more than ${withinMs / 1000} s`).join("; "),
      stuck: overdue.some(({ isOwn }) => isOwn),
      trouble: [...this.#troubles].map(([name, trouble]) => `${name}: ${trouble}`).join("; "),
    };
  }

  #isOverdue(what: string, entry: { readonly duty: Duty; dueSince: number | undefined }): boolean {
    const { isDue = () => true, withinMs } = entry.duty;
    if (!isDue()) {
      entry.dueSince = undefined;
      return false;
    }
    entry.dueSince ??= this.#now();
    const forwardAt = this.#seen.get(what)?.at ?? Number.NEGATIVE_INFINITY;
    return this.#now() - Math.max(entry.dueSince, forwardAt) > withinMs;
  }
}
