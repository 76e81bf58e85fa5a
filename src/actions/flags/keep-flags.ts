import type { Cancel, Clock } from "../../core/clock.ts";
import { OutageError } from "../../core/errors.ts";
import { type FlagName, flagValue, type SetFlag, type ValueOf } from "../../ops/flag.ts";
import type { Closable } from "../../ports/closable.ts";
import type { FlagStore } from "../../ports/flag-store.ts";

/** The flags as one daemon knows them at this moment. */
export interface FlagBoard extends Closable {
  get<N extends FlagName>(name: N): ValueOf<N>;
}

/** Tables that come back tell nobody. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Keeps the flags up to date: read at the start and at every notice. While the database is away what was known last
 * holds, and what runs out does so by this process's own clock.
 */
export async function keepFlags(store: FlagStore, clock: Clock): Promise<FlagBoard> {
  let known: readonly SetFlag[] = [];
  let reading: Promise<void> | undefined;
  let again = false;
  let cancel: Cancel = () => {};
  const read = async () => {
    do {
      again = false;
      cancel();
      try {
        known = await store.read();
      } catch (error) {
        if (!(error instanceof OutageError)) throw error;
        cancel = clock.after(LOOK_AGAIN_MS, () => void refresh());
      }
    } while (again);
    reading = undefined;
  };
  const refresh = () => {
    again = true;
    reading ??= read();
    return reading;
  };
  const unlisten = await store.onChange(() => void refresh());
  await refresh();
  return {
    get: (name) => flagValue(name, known, clock.now()),
    close() {
      cancel();
      unlisten();
    },
  };
}
