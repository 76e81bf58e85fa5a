import type { RunbookPage } from "../ops/runbook-page.ts";

/** Where runbooks lie: those that came with ttt, and those of this stack, which take the place of one of the same name. */
export interface RunbookShelf {
  /** In the order of the alphabet. */
  names(): Promise<readonly string[]>;
  /** Its text for people, and its blocks. Undefined when there is none of that name. */
  read(name: string): Promise<{ readonly path: string; readonly text: string; readonly page: RunbookPage } | undefined>;
}
