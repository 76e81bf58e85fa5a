import type { Effect, Notice } from "./console-state.ts";

/** What the console can do to the stack. The same actions stand behind the command line. */
export interface ConsoleActions {
  /** Does what was confirmed and tells how it ended. What it throws is shown to the person. */
  carryOut(effect: Exclude<Effect, { kind: "quit" }>): Promise<Outcome>;
}

/** One sentence with the evidence, and how good it is. */
export type Outcome = Pick<Notice, "text" | "mood">;
