import { type Clock, sleep } from "../../core/clock.ts";
import { messageOf, OperatorError } from "../../core/errors.ts";

/** Between the loss of a source and the next try. */
const RETRY_MS = 1_000;

export interface Loss {
  readonly reason: string;
  readonly hint?: string;
}

/**
 * Runs `attempt` again and again until the signal aborts: each runs as long as its source lasts. Tells of every loss,
 * but of the same one only once in a row.
 */
export async function keepTrying(
  clock: Clock,
  signal: AbortSignal,
  attempt: () => Promise<Loss | undefined>,
  onLost: (loss: Loss) => void,
): Promise<void> {
  let told: string | undefined;
  while (!signal.aborted) {
    const started = clock.monotonic();
    const loss = await attempt().catch(lossOf);
    if (signal.aborted) return;
    if (clock.monotonic() - started > RETRY_MS) told = undefined;
    if (loss && loss.reason !== told) {
      told = loss.reason;
      onLost(loss);
    }
    await sleep(clock, RETRY_MS, signal);
  }
}

/** What an error says to the person who looks at the source it came from. */
export function lossOf(error: unknown): Loss {
  const hint = error instanceof OperatorError ? error.details.hint : undefined;
  return { reason: messageOf(error), ...(hint !== undefined && { hint }) };
}
