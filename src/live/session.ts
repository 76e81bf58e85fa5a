import type { Authority } from "../trading/gate.ts";
import type { Level } from "../trading/level.ts";
import type { ClientOrderId, Order } from "../trading/order.ts";
import type { Position } from "../trading/position.ts";
import type { Command } from "./commands.ts";
import type { SessionEvent } from "./events.ts";

/**
 * One partition's trading as a state machine: events in, commands out, no input or output of its own, no clock, no
 * chance. The worker feeds it what happened and carries out what it asks, in order and in the same turn; the simulation
 * drives the very same code under virtual time.
 */
export interface Session {
  /** Takes one event and says what to do now. Never throws for anything from outside. */
  step(event: SessionEvent): readonly Command[];
  /** Monotonic time at which it wants a `timer` event if nothing else happens before; undefined when there is nothing to wait for. */
  readonly wakeAt: number | undefined;
  /** What the egress must hold against an order at the moment of writing: always the newest. */
  readonly authority: Authority;
  /** Sequence of the last order that was handed to the egress. */
  readonly lastSent: number;
  /** For status, metrics and tests. */
  readonly view: SessionView;
}

export interface SessionView {
  /** The level that counts for this partition now: BLOCK without a permit, a lease or a certificate. */
  readonly level: Level;
  readonly epoch: number;
  readonly phase: "idle" | "loading" | "reconciling" | "trading" | "draining" | "released";
  readonly orders: ReadonlyMap<ClientOrderId, Order>;
  readonly positions: readonly Position[];
  readonly unresolved: readonly ClientOrderId[];
  /** Why there is no new risk now, when there is none: codes. */
  readonly blockers: readonly string[];
}
