import { type FlagView, setFlag, unsetFlag, wishedValue } from "../../actions/flags/change-flag.ts";
import { rehearsedFlags } from "../../actions/flags/rehearsed-flags.ts";
import { operatorHere } from "../../runtime/operator.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import type { ApiFlags } from "../api-flags.ts";
import { openApi } from "./open-api.ts";

export async function flagsThere(flags: ApiFlags): Promise<readonly FlagView[]> {
  return (await (await openApi(flags)).listFlags()).flags as readonly object[] as readonly FlagView[];
}

export async function setFlagThere(
  flags: ApiFlags,
  wish: { readonly name: string; readonly value: string; readonly reason: string; readonly lastsMs?: number },
  dryRun: boolean,
): Promise<FlagView> {
  if (dryRun) return setFlag(rehearsal(flags), wish, nobody());
  const { name, value } = wishedValue(wish);
  const { reason, lastsMs } = wish;
  const body = { value, reason, ...(lastsMs !== undefined && { lastsMs }) };
  return (await (await openApi(flags)).setFlag({ name, body })) as object as FlagView;
}

export async function unsetFlagThere(
  flags: ApiFlags,
  wish: { readonly name: string; readonly reason: string },
  dryRun: boolean,
): Promise<FlagView> {
  if (dryRun) return unsetFlag(rehearsal(flags), wish, nobody());
  return (await (await openApi(flags)).unsetFlag(wish)) as object as FlagView;
}

/** The flags as they are there, on which a change is seen and not made. */
function rehearsal(flags: ApiFlags) {
  const read = async () =>
    (await flagsThere(flags)).flatMap(({ name, value, set }) => (set === undefined ? [] : [{ ...set, name, value }]));
  return { flags: rehearsedFlags(read, systemClock.now()), clock: systemClock };
}

/** A rehearsal is no command: nothing of it is on record. */
const nobody = () => ({ ...operatorHere("ttt flag"), commandId: "" });
