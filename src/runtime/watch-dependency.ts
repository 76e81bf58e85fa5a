import { type Clock, sleep } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Closable } from "../ports/closable.ts";

/** Between two questions, and how long an answer may take. */
const ASK_EVERY_MS = 1_000;
const ANSWER_MS = 2_000;
/** One lost answer may be a restart of the network; two in a row are an outage. */
const BAD_IN_A_ROW = 2;

/**
 * Asks something that a daemon needs, again and again, and tells how it answers: undefined, or what is wrong in words.
 * A question that hangs is not asked again before it ends.
 */
export function watchDependency(
  clock: Clock,
  ask: () => Promise<unknown>,
  tell: (trouble: string | undefined) => void,
): Closable {
  const over = new AbortController();
  let open: Promise<string | undefined> | undefined;
  const question = async () => {
    const answer = await ask().then(() => undefined, messageOf);
    open = undefined;
    return answer;
  };
  const watch = async () => {
    let bad = 0;
    while (!over.signal.aborted) {
      const answered = new AbortController();
      // A server that stands still keeps the question: one is enough.
      open ??= question();
      const silence = sleep(clock, ANSWER_MS, answered.signal).then(() => `no answer within ${ANSWER_MS / 1000} s`);
      const trouble = await Promise.race([open, silence]);
      answered.abort();
      bad = trouble === undefined ? 0 : bad + 1;
      if (over.signal.aborted) return;
      if (bad === 0) tell(undefined);
      else if (bad >= BAD_IN_A_ROW) tell(trouble);
      await sleep(clock, ASK_EVERY_MS, over.signal);
    }
  };
  void watch();
  return { close: () => over.abort() };
}
