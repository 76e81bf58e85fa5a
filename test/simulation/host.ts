import type { OperatorRequest, VenueReport } from "../../src/live/events.ts";
import type { SessionView } from "../../src/live/session.ts";
import type { Bar } from "../../src/trading/bar.ts";
import type { InstrumentId } from "../../src/trading/instrument.ts";
import type { PartitionId } from "../../src/trading/lease.ts";
import type { Level } from "../../src/trading/level.ts";
import type { Scope } from "../../src/trading/scope.ts";
import type { HostClock } from "./host-clock.ts";

/** A partition that a host holds, or believes to hold. */
export interface Held {
  readonly partition: PartitionId;
  readonly token: number;
  readonly view: SessionView;
}

/** One worker process on a host of its own, as the world sees it: what can be done to it, and what it shows. */
export interface Host {
  readonly name: string;
  readonly clock: HostClock;
  readonly held: readonly Held[];
  /** Cut off from the authority, or from the copy. */
  storeCut: boolean;
  copyCut: boolean;
  start(): void;
  /** SIGKILL: everything in memory is gone, nothing under way is called back. */
  crash(): void;
  /** SIGSTOP and SIGCONT: nothing runs meanwhile, clocks go on, everything that came waits. */
  pause(forMs: number): void;
  /** The connection to the venue breaks, and comes back after a while. */
  disconnect(): void;
  report(report: VenueReport): void;
  feed(instrument: InstrumentId, bar: Bar): void;
  push(scope: Scope, level: Level, epoch: number | undefined): void;
  ask(request: OperatorRequest): void;
}
