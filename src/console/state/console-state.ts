import type { LogLevel } from "../../actions/desk-feed.ts";
import type { DeskRequest, KillReach } from "../../actions/desk-request.ts";
import type { Scope } from "../../trading/scope.ts";
import type { Theme } from "../view/theme.ts";

/** In the order of the tabs; `service` is reached from `services`. */
export const TABS = ["overview", "services", "logs", "orders", "risk", "backtests", "incidents", "runbooks"] as const;
export type ScreenName = (typeof TABS)[number] | "service";

/** All that the person at the keyboard has chosen. The stack's own state is in StackView. */
export interface ConsoleState {
  readonly screen: ScreenName;
  /** Where `back` leads. */
  readonly cameFrom?: ScreenName;
  /** Id of the row under the cursor, per screen: an id stays with its row when others come and go. */
  readonly selected: Readonly<Partial<Record<ScreenName, string>>>;
  readonly filters: Readonly<Partial<Record<ScreenName, string>>>;
  /** Only lines of this instance or service. */
  readonly logSource?: string;
  readonly logLevel: LogLevel;
  /** Number of the lowest line shown; undefined follows the newest. */
  readonly logEnd?: number;
  readonly prompt?: Prompt;
  readonly notice?: Notice;
  /** Until when changes are allowed in a live environment, wall time. */
  readonly unlockedUntil?: number;
  readonly theme: Theme;
}

/** What has the keyboard instead of the screen. */
export type Prompt =
  | { readonly kind: "filter"; readonly text: string; readonly before: string }
  | { readonly kind: "palette"; readonly text: string; readonly cursor: number }
  | { readonly kind: "help" }
  | { readonly kind: "kill"; readonly scope: Scope; readonly reach: KillReach; readonly reason: string }
  | { readonly kind: "confirm"; readonly intent: Intent; readonly typed: string };

/** Something that changes the stack and must be confirmed with a phrase. */
export type Intent =
  | { readonly kind: "restart" | "stop" | "start"; readonly instance: string }
  | { readonly kind: "arm"; readonly scope: Scope }
  | { readonly kind: "unlock" };

export interface Notice {
  readonly text: string;
  readonly mood: "good" | "warn" | "bad" | "busy";
  /** When it goes away by itself; undefined stays until the next one. */
  readonly until?: number;
}

/** What the console asks the world for. Its outcome comes back as a notice. */
export type Effect = { readonly kind: "quit" } | DeskRequest;

export interface Step {
  readonly state: ConsoleState;
  readonly effect?: Effect;
}

export function initialState(theme: Theme, screen: ScreenName = "overview"): ConsoleState {
  return { screen, selected: {}, filters: {}, logLevel: "debug", theme };
}
