import type { PartitionId } from "../trading/lease.ts";
import type { Level } from "../trading/level.ts";
import type { Scope } from "../trading/scope.ts";
import type { LevelArm, LevelChanged } from "./kill-store.ts";

/** Who set a level, when and why. Times are wall milliseconds. */
export interface LevelNote {
  readonly scope: Scope;
  readonly level: Level;
  readonly epoch: number;
  readonly commandId: string;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** An arm that waits for a second person (KS-23). */
export interface ArmAsk {
  readonly id: number;
  readonly scope: Scope;
  /** The epoch of the level that it is to lift: a newer kill of the scope makes it worthless. */
  readonly since: number;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  /** The epoch that it began; undefined while it waits. */
  readonly armedEpoch: number | undefined;
}

/** What people did to the levels, and what the orders on record say against an arm. */
export interface LevelRecord {
  /** Every scope that ever had a level. */
  notes(): Promise<readonly LevelNote[]>;
  ask(command: Omit<LevelArm, "expectedEpoch">, since: number): Promise<ArmAsk>;
  asked(id: number): Promise<ArmAsk | undefined>;
  /** Those that wait, oldest first, and the store's own time. */
  waiting(): Promise<{ readonly asks: readonly ArmAsk[]; readonly wall: number }>;
  /** Arms and closes the request, in one transaction; undefined when the epoch is another or the request was used. */
  approve(arm: LevelArm, ask: ArmAsk): Promise<LevelChanged | undefined>;
  /** Orders whose fate is not on record, of partitions that no lease holds now: nobody is asking the venue. */
  abandoned(): Promise<ReadonlyArray<{ readonly partition: PartitionId; readonly orders: number }>>;
}
