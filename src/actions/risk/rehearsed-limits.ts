import type { LimitStore, LimitTurnDone } from "../../ports/limit-store.ts";

/** Takes the decision out of its transaction, which then writes nothing. */
class Rehearsed extends Error {
  readonly done: LimitTurnDone;

  constructor(done: LimitTurnDone) {
    super("rehearsed");
    this.done = done;
  }
}

/** Limits on which a change is decided as it would be, on what holds now, and not written. */
export function rehearsedLimits(limits: Pick<LimitStore, "change">): Pick<LimitStore, "change"> {
  return {
    async change(command, request, decide) {
      try {
        return await limits.change(command, request, (held) => {
          const turn = decide(held);
          if (turn.kind === "ask") throw new Rehearsed({ version: undefined, request: undefined, epoch: held.epoch });
          throw new Rehearsed({
            version: turn.set.version,
            request,
            epoch: held.epoch + (turn.countsEpoch ? 1 : 0),
          });
        });
      } catch (error) {
        if (error instanceof Rehearsed) return error.done;
        throw error;
      }
    },
  };
}
