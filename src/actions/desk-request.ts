import type { Scope } from "../trading/scope.ts";

/** What a person at the console can ask for. Each is an action that the command line has, too. */
export type DeskRequest =
  | { readonly kind: "kill"; readonly scope: Scope; readonly reach: KillReach; readonly reason: string }
  | { readonly kind: "arm"; readonly scope: Scope; readonly reason: string }
  | { readonly kind: "restart" | "stop" | "start"; readonly instance: string };

/** How far a kill goes: no new order; also withdraw those that are open; also close the positions. */
export const KILL_REACHES = ["block", "cancel", "flatten"] as const;
export type KillReach = (typeof KILL_REACHES)[number];

/** How it ended, in one sentence with the evidence. */
export interface DeskOutcome {
  readonly text: string;
  readonly mood: "good" | "warn" | "bad";
}

/** Does what was asked for and confirmed. What it throws is shown to the person. */
export type CarryOut = (request: DeskRequest) => Promise<DeskOutcome>;
