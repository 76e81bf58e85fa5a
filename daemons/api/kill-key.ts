import { type Clock, sleep } from "../../src/core/clock.ts";
import type { ApiStores } from "../../src/runtime/api-stores.ts";
import { HttpRefusal } from "./problem.ts";
import { isUsableKey, stoodForAnother } from "./repeats.ts";

/** How long the answer of a kill that is done may wait for what is known of its key. */
const KNOWN_WITHIN_MS = 500;

/**
 * Looks up what a kill's idempotency key was used for, beside the kill, which waits for nothing here: a key, and a
 * database that is away, must not hold a kill up. The answer is asked for when the kill is done: whether the key stood
 * for another request. Not to be known is no.
 */
export function lookUpKey(
  { answers, clock }: { readonly answers: ApiStores["answers"]; readonly clock: Clock },
  request: { readonly caller: string; readonly key: string | undefined; readonly body: unknown },
): { wasUsedForAnother(): Promise<boolean> } {
  const { caller, key, body } = request;
  if (key === undefined || !isUsableKey(key)) return { wasUsedForAnother: async () => false };
  // A repeated kill is carried out again, which changes nothing.
  const mark = `kill\n${JSON.stringify(body)}`;
  const looking = stoodForAnother(answers, { caller, key, mark }).catch(() => false);
  return {
    async wasUsedForAnother() {
      const known = new AbortController();
      const late = sleep(clock, KNOWN_WITHIN_MS, known.signal).then(() => false);
      const answer = await Promise.race([looking, late]);
      known.abort();
      return answer;
    },
  };
}

/** The refusal to take a kill for the repetition of another request, with the evidence that it was carried out. */
export function killUnderUsedKey(report: {
  readonly scope: string;
  readonly level: string;
  readonly verdict: string;
}): HttpRefusal {
  const details = {
    exit: "conflict",
    code: "IDEMPOTENCY_REUSED",
    expected: "a key of its own for each kill",
    found: `${report.scope} at ${report.level}, ${report.verdict}`,
    hint: "`report` is the evidence; nothing has to be sent again",
    retryable: false,
  } as const;
  const message = "This key was used for another request. The kill was carried out all the same.";
  return new HttpRefusal(409, message, details, report);
}
