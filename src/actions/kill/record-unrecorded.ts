import {
  AUTOMATIC,
  type KillAuthority,
  type KillCopy,
  type LevelRaise,
  type UnrecordedKill,
} from "../../ports/kill-store.ts";

/**
 * Brings kills that only copies know on record with the authority, and tells the copies that they are. The same kill
 * may stand in several copies, and only some know who set it: those speak first, because the first word is the one on
 * record. `actor` signs for kills that nobody signed. Gives those that were not on record before.
 *
 * A latch names each kill by an id of its own, so that each is a change of its own, also where another kill holds the
 * scope. What only raises the scope: a kill without a name, which cannot be told from the one that holds it, and what a
 * worker raised by itself, which it raises again after the next arm if the cause is still there.
 */
export async function recordUnrecorded(
  authority: KillAuthority,
  copies: readonly KillCopy[],
  epoch: number,
  actor: string,
): Promise<readonly LevelRaise[]> {
  const found: { readonly copy: KillCopy; readonly kill: UnrecordedKill }[] = [];
  for (const copy of copies) for (const kill of await copy.unrecorded(epoch)) found.push({ copy, kill });
  const signed = found.filter(({ kill }) => kill.actor !== undefined);
  const unsigned = found.filter(({ kill }) => kill.actor === undefined);
  const news: LevelRaise[] = [];
  for (const { copy, kill } of [...signed, ...unsigned]) {
    const raise = { actor, origin: copy.name, ...kill };
    const recorded = await (isOfItsOwn(copy, kill) ? authority.record(raise) : authority.raise(raise));
    if (recorded.changed) news.push(raise);
    await copy.raise({ ...raise, epoch: recorded.epoch });
  }
  return news;
}

const isOfItsOwn = (copy: KillCopy, kill: UnrecordedKill) => copy.role === "latch" && kill.origin !== AUTOMATIC;
