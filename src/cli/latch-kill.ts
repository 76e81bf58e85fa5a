import { randomUUID } from "node:crypto";
import { latchAtOnce } from "../runtime/kill-folder.ts";
import { operatorHere } from "../runtime/operator.ts";
import type { Level } from "../trading/level.ts";
import type { Scope } from "../trading/scope.ts";

export interface LatchedKill {
  readonly commandId: string;
  readonly actor: string;
  readonly origin: string;
}

/** The first thing that `ttt kill` does: the kill in its nearest store, and the words by which the rest knows it. */
export async function latchKill(kill: {
  readonly scope: Scope;
  readonly level: Exclude<Level, "RUN">;
  readonly reason: string;
  readonly commandId: string | undefined;
}): Promise<LatchedKill> {
  const { scope, level } = kill;
  // Another scope or level under an id that was used is another kill: it must not be taken for one that is done.
  const commandId = kill.commandId === undefined ? randomUUID() : `${kill.commandId}:${scope}:${level}`;
  const command = { commandId, ...operatorHere("ttt kill") };
  await latchAtOnce({ ...kill, ...command });
  return command;
}
