import type { Scope } from "../trading/scope.ts";

/** What a person at the console can ask for. Each is an action that the command line has, too. */
export type DeskRequest =
  | { readonly kind: "kill" | "arm"; readonly scope: Scope; readonly reason: string }
  | { readonly kind: "restart" | "stop" | "start"; readonly instance: string };

/** How it ended, in one sentence with the evidence. */
export interface DeskOutcome {
  readonly text: string;
  readonly mood: "good" | "warn" | "bad";
}

/** Does what was asked for and confirmed. What it throws is shown to the person. */
export type CarryOut = (request: DeskRequest) => Promise<DeskOutcome>;
