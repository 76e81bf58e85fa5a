import type { ActionEvidence, BookChange, ReconciliationCertificate } from "../live/commands.ts";
import type { RefusedIntent } from "../live/events.ts";
import type { StoredPartition } from "../live/stored.ts";
import type { DecisionRecord } from "../trading/decision.ts";
import type { Intent } from "../trading/intent.ts";
import type { PartitionId } from "../trading/lease.ts";
import type { AdmissionRequest } from "../trading/risk/account-admission.ts";
import type { AccountOthers, EquityMarks } from "../trading/risk/account-view.ts";
import type { Owner } from "../trading/scope.ts";
import type { Closable } from "./closable.ts";

/** What became of a commit of intents. An OutageError means that nobody knows. */
export type IntentCommit =
  | { readonly kind: "committed"; readonly refused: readonly RefusedIntent[] }
  | { readonly kind: "refused"; readonly reason: "fenced" | "invalid" };

/** Whose everything in a partition is. */
export type PartitionOwner = Omit<Owner, "instrument">;

/** The worker's own record of a partition. Every write is conditional on the lease's token (OL-04). */
export interface OrderStore extends Closable {
  load(partition: PartitionId, owner: PartitionOwner): Promise<StoredPartition>;
  /**
   * Writes intents with their decisions in one durable commit, before any of them may be sent (OL-02). Idempotent. In
   * the same transaction the account as a whole admits what adds risk: whoever commits first gets the room (RC-04).
   */
  commitIntents(
    partition: PartitionId,
    token: number,
    intents: readonly Intent[],
    admission: AdmissionRequest,
  ): Promise<IntentCommit>;
  /** What the account's other partitions hold and have open, as far as it is on record. */
  others(partition: PartitionId, owner: PartitionOwner): Promise<AccountOthers>;
  recordDenials(partition: PartitionId, token: number, decisions: readonly DecisionRecord[]): Promise<void>;
  /**
   * Applies a change of the book whole or not at all, and only when it is newer than the last one applied under its
   * token. False when the token is not the current one.
   */
  recordBook(partition: PartitionId, owner: PartitionOwner, change: BookChange): Promise<boolean>;
  /** What later holders measure losses against (RC-47). Without the current token nothing is written. */
  recordEquity(partition: PartitionId, owner: PartitionOwner, token: number, marks: EquityMarks): Promise<void>;
  recordCertificate(partition: PartitionId, worker: string, certificate: ReconciliationCertificate): Promise<boolean>;
  /** How far an operator's request has come (KS-19). */
  recordProgress(partition: PartitionId, evidence: ActionEvidence): Promise<void>;
}
