import { randomUUID } from "node:crypto";
import { openJournalSpool } from "./incidents.ts";
import { operatorHere } from "./operator.ts";
import { defaultHome, statePaths } from "./paths.ts";
import { redact } from "./redaction.ts";

/** A command that a person or a script ran, with how it ended. */
export interface RanCommand {
  /** As it was typed: `restart worker`. */
  readonly command: string;
  readonly exit: number;
}

/** Puts a command on record. It goes to the disk first: a command may have just stopped the database. */
export function keepCommand({ command, exit }: RanCommand): void {
  const paths = statePaths(defaultHome(process.env, process.getuid?.()));
  openJournalSpool({ paths }).put({
    kind: "command.ran",
    ...operatorHere("ttt"),
    commandId: randomUUID(),
    occurredAt: Date.now(),
    body: { command: redact(command), exit },
  });
}
