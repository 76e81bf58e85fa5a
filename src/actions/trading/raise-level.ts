import { messageOf } from "../../core/errors.ts";
import type { Command } from "../../live/commands.ts";
import { AUTOMATIC, type KillAuthority, type KillCopy } from "../../ports/kill-store.ts";
import type { Log } from "../../ports/log.ts";

export interface RaisePorts {
  readonly authority: KillAuthority;
  /** Places that hold a level this worker raises until the authority does, over a crash too. */
  readonly latches: readonly KillCopy[];
  readonly log: Log;
  readonly worker: string;
}

/** What a session raises must not be lost, whoever is down: what only a latch holds is recorded with the next permit. */
export async function raiseLevel(
  { authority, latches, log, worker }: RaisePorts,
  { id, scope, level, code, reason }: Extract<Command, { kind: "raise-level" }>,
): Promise<void> {
  if (level === "RUN") return;
  const raise = { commandId: id, scope, level, reason: `${code}: ${reason}`, actor: worker, origin: AUTOMATIC };
  const latch = async (more: { readonly epoch?: number } = {}) => {
    const held = await Promise.allSettled(latches.map((one) => one.raise({ ...raise, ...more })));
    for (const one of held) if (one.status === "rejected") log.warn("no latch", { error: messageOf(one.reason) });
  };
  await latch();
  try {
    const { epoch } = await authority.raise(raise);
    await latch({ epoch });
  } catch (error) {
    // Also when it refused: the session and its latches hold the level, and every renewal of the permit tries again.
    log.warn("the level is raised here, and not yet at the authority", { scope, level, error: messageOf(error) });
  }
}
