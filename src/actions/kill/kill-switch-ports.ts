import type { Clock } from "../../core/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import type { JournalSpool } from "../../ports/journal-spool.ts";
import type { KillAuthority, KillCopy } from "../../ports/kill-store.ts";
import type { LeaseStore } from "../../ports/lease-store.ts";
import type { LevelRecord } from "../../ports/level-record.ts";
import type { TradingAccount } from "../../ports/trading-account.ts";
import type { WorkerControl } from "../../ports/worker-control.ts";
import type { WorkerRegistry } from "../../ports/worker-registry.ts";
import type { ArmRules } from "./arm-rules.ts";
import type { StandInPorts } from "./stand-in.ts";

/** What a kill works with. Each part may be missing or broken: the kill goes as far as the rest carries it (KS-21). */
export interface KillSwitchPorts {
  readonly clock: Clock;
  readonly authority: KillAuthority | undefined;
  readonly registry: WorkerRegistry | undefined;
  readonly leases: LeaseStore | undefined;
  readonly journal: Journal | undefined;
  /** Where evidence waits that the journal could not take. */
  readonly spool?: JournalSpool;
  /** Who set which level and why, and arms that wait. */
  readonly record: LevelRecord | undefined;
  readonly armRules: ArmRules;
  readonly copies: readonly KillCopy[];
  readonly workers: WorkerControl;
  readonly accounts: readonly TradingAccount[];
  /** Closes positions where no worker does; needs the authority. */
  readonly standIn: StandInPorts | undefined;
  /** Workers may run on other hosts, where neither this host's sockets nor its files reach them. */
  readonly mayRunElsewhere: boolean;
  /** What of the configuration could not be read, in words: there may be accounts that nobody looks at. */
  readonly unread?: readonly string[];
  /** The state directory of this host's stack. */
  readonly home?: string;
}
