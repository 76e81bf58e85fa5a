import type { SessionConfig } from "../../live/session-config.ts";
import type { Venue } from "../../ports/venue.ts";

/** One switch for each instrument: where the venue has one for a market, others' markets keep theirs. 0 disarms. */
export async function setDeadMan(
  venue: Venue,
  { venue: id, account, strategy, instruments }: SessionConfig,
  timeoutMs: number,
): Promise<void> {
  const owner = { venue: id, account, strategy };
  await Promise.all(instruments.map((one) => venue.deadMan({ ...owner, instrument: one.id }, timeoutMs)));
}
