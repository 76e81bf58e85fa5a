import type { Cancel } from "../core/clock.ts";
import type { OrdersAtVenue } from "../trading/host-loss.ts";
import type { Level } from "../trading/level.ts";
import type { Closable } from "./closable.ts";

/** What a worker confirms: the level it acts under, and how far it had sent by then (KS-10). */
export interface WorkerAck {
  readonly worker: string;
  readonly epoch: number;
  readonly level: Level;
  /** Orders that left this worker since it started. */
  readonly lastSent: number;
  readonly partitions: readonly string[];
  readonly buildHash: string;
  readonly configHash: string;
  /** Orders whose fate is not known. */
  readonly unresolved: number;
  /** Age of the oldest reconciliation certificate of its partitions; undefined when one of them has none. */
  readonly certificateAgeMs?: number | undefined;
  /** Its orders at the venue, and what becomes of them without it (KS-28). */
  readonly atVenue?: OrdersAtVenue | undefined;
}

export interface RegisteredWorker extends WorkerAck {
  /** By the store's clock: how long its permit may still last; negative when it cannot send any more. */
  readonly permitRemainingMs: number;
  readonly ackedAt: number;
  /** How long ago it said all this, by the store's clock, milliseconds. */
  readonly ageMs: number;
}

/** Which workers may be sending, and what each has confirmed. */
export interface WorkerRegistry extends Closable {
  /** Confirms; `permitMs` is how much longer the worker's permit can last. */
  acknowledge(ack: WorkerAck, permitMs: number): Promise<void>;
  /** The worker ended in good order. */
  leave(worker: string): Promise<void>;
  list(): Promise<readonly RegisteredWorker[]>;
  onAck(listener: () => void): Promise<Cancel>;
}
