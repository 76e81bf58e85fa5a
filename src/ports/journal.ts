import type { Closable } from "./closable.ts";

/** One row of the operations journal. */
export interface JournalEntry {
  /** `trading-level.raised`, `kill.evidence` */
  readonly kind: string;
  readonly actor: string;
  readonly origin: string;
  /** Empty when no command stands behind it. */
  readonly commandId: string;
  readonly body: unknown;
}

export interface JournalRow extends JournalEntry {
  readonly seq: number;
  /** ISO 8601, UTC, microseconds. */
  readonly at: string;
  /** Hex. */
  readonly hash: string;
}

export interface JournalCheck {
  readonly rows: number;
  /** The first row that does not fit, and why; undefined when the chain is whole. */
  readonly broken?: { readonly seq: number; readonly reason: string };
  /** Hash of the last good row. */
  readonly head: string;
  /** Hash of the first row: what tells one journal from another. */
  readonly first: string;
}

/** How far a journal reached when somebody looked: what is kept beside it, to see that its end was not cut off. */
export interface JournalMark {
  readonly first: string;
  readonly seq: number;
  readonly hash: string;
}

/** The last look, kept where whoever can change the journal's database cannot. */
export interface JournalMarks {
  /** Undefined before the first look. Throws when what is kept cannot be read. */
  read(): JournalMark | undefined;
  keep(mark: JournalMark): void;
}

/** The append-only, hash-chained record of what people and daemons did. */
export interface Journal extends Closable {
  append(entry: JournalEntry): Promise<number>;
  /** Newest first. `kind` and `except` are how kinds begin. */
  list(filter: {
    readonly kind?: string;
    readonly except?: string;
    readonly limit: number;
  }): Promise<readonly JournalRow[]>;
  /** Recomputes every hash from the content, and looks whether the end is there: of the store's own head, and of `mark`. */
  verify(mark?: JournalMark): Promise<JournalCheck>;
}

/** The journal as timelines are made from it. */
export interface TimelineJournal extends Journal {
  /** Appends unless this kind of row of this command is there already; returns its number either way. */
  appendOnce(entry: JournalEntry): Promise<number>;
  /** Oldest first, written between two moments (milliseconds since the epoch), at most `limit`. */
  between(from: number, to: number, limit: number): Promise<readonly JournalRow[]>;
  /** Every row about one incident, oldest first. */
  ofIncident(incident: string): Promise<readonly JournalRow[]>;
}
