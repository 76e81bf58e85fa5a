import type { KillAuthority, KillCopy, UnrecordedKill } from "../../ports/kill-store.ts";

/**
 * Brings kills that only copies know on record with the authority, and tells the copies that they are. The same kill
 * may stand in several copies, and only some know who set it: those speak first, because the first word is the one on
 * record. `actor` signs for kills that nobody signed.
 */
export async function recordUnrecorded(
  authority: KillAuthority,
  copies: readonly KillCopy[],
  epoch: number,
  actor: string,
): Promise<void> {
  const found: { readonly copy: KillCopy; readonly kill: UnrecordedKill }[] = [];
  for (const copy of copies) for (const kill of await copy.unrecorded(epoch)) found.push({ copy, kill });
  const signed = found.filter(({ kill }) => kill.actor !== undefined);
  const unsigned = found.filter(({ kill }) => kill.actor === undefined);
  for (const { copy, kill } of [...signed, ...unsigned]) {
    const raise = { actor, origin: copy.name, ...kill };
    const recorded = await authority.raise(raise);
    await copy.raise({ ...raise, epoch: recorded.epoch });
  }
}
