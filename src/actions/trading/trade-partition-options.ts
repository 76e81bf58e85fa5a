import type { Clock } from "../../core/clock.ts";
import type { Command } from "../../live/commands.ts";
import type { Happening } from "../../live/events.ts";
import type { SessionConfig } from "../../live/session-config.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import type { Venue } from "../../ports/venue.ts";
import type { Permissions } from "../../trading/risk/context.ts";
import type { LimitSet } from "../../trading/risk/limits.ts";
import type { RaisePorts } from "./raise-level.ts";

/** Everything a partition's trading needs from outside. */
export interface TradePartitionOptions extends RaisePorts {
  readonly config: SessionConfig;
  readonly venue: Venue;
  readonly orders: OrderStore;
  readonly clock: Clock;
  /** The risk limits as last read; undefined until they were, and then every order is denied. */
  readonly limits: () => LimitSet | undefined;
  readonly permissions: Permissions;
  /** The level this partition acts under has changed, or how far it had sent by then. */
  readonly onAcknowledge: (ack: { readonly epoch: number; readonly level: string; readonly lastSent: number }) => void;
  readonly onAlert: (code: string, text: string) => void;
  /** Sees every step of the session, after it was carried out: for metrics. */
  readonly onStep?: (event: Happening, commands: readonly Command[]) => void;
  /** The session is over: the lease was lost, or given back after a drain (`token` set). */
  readonly onReleased: (token: number | undefined) => void;
}
