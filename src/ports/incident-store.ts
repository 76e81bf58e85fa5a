import type { Cancel } from "../core/clock.ts";
import type { Incident } from "../ops/incident/incident.ts";
import type { Happened, IncidentEvent } from "../ops/incident/incident-event.ts";
import type { Notice, QueuedNotice } from "../ops/incident/notice.ts";

/** Who commands, from where, and which command it is: the same id again is the same command. */
export interface IncidentCommand {
  readonly actor: string;
  readonly origin: string;
  readonly commandId: string;
}

/** One transaction over all incidents: nobody else writes one meanwhile. */
export interface IncidentTurn {
  find(id: string): Promise<Incident | undefined>;
  /** The newest incident that has one of the keys, resolved or not. */
  newestOf(keys: readonly string[]): Promise<Incident | undefined>;
  /** Whether this very event of this command is on record. */
  isOnRecord(kind: IncidentEvent["kind"], commandId: string): Promise<boolean>;
  /** Puts the event into the journal, and the incident as it is then beside it. */
  write(event: Happened, command: IncidentCommand): Promise<Incident>;
  /** Queues notices; they are sent by whoever delivers. */
  queue(notices: readonly QueuedNotice[], incident: string): Promise<void>;
}

/** A queued notice in the hands of whoever delivers it, for a bounded time. */
export interface ClaimedNotice {
  readonly id: number;
  readonly incident: Incident;
  readonly contact: string;
  readonly notice: Notice;
  readonly unlessAcknowledged: boolean;
  /** This attempt included. */
  readonly attempts: number;
}

/** What becomes of a claimed notice. `dropped`: not needed any more. */
export type NoticeOutcome =
  | { readonly kind: "delivered" | "dropped" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "again"; readonly reason: string; readonly afterMs: number };

/** Incidents, and what waits to be told about them. */
export interface IncidentStore {
  turn<T>(work: (turn: IncidentTurn) => Promise<T>): Promise<T>;
  /** Newest first. */
  list(filter: { readonly open: boolean; readonly limit: number }): Promise<readonly Incident[]>;
  /** Those whose id is, or ends with, what was typed; newest first. */
  find(typed: string): Promise<readonly Incident[]>;
  /** Takes notices that are due: nobody else gets them for `holdMs`. */
  claimNotices(limit: number, holdMs: number): Promise<readonly ClaimedNotice[]>;
  /** How many notices wait that are due within this time. */
  countNotices(dueWithinMs: number): Promise<number>;
  settleNotice(id: number, outcome: NoticeOutcome): Promise<void>;
  /** Calls when notices were queued, or may have been. */
  onNotice(listener: () => void): Promise<Cancel>;
}
