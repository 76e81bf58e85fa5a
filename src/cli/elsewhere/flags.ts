import { type FlagView, wishedValue } from "../../actions/flags/change-flag.ts";
import type { ApiFlags } from "../api-flags.ts";
import { openApi } from "./open-api.ts";

export async function flagsThere(flags: ApiFlags): Promise<readonly FlagView[]> {
  return (await (await openApi(flags)).listFlags()).flags as readonly object[] as readonly FlagView[];
}

export async function setFlagThere(
  flags: ApiFlags,
  wish: { readonly name: string; readonly value: string; readonly reason: string; readonly lastsMs?: number },
): Promise<FlagView> {
  const { name, value } = wishedValue(wish);
  const { reason, lastsMs } = wish;
  const body = { value, reason, ...(lastsMs !== undefined && { lastsMs }) };
  return (await (await openApi(flags)).setFlag({ name, body })) as object as FlagView;
}

export async function unsetFlagThere(
  flags: ApiFlags,
  wish: { readonly name: string; readonly reason: string },
): Promise<FlagView> {
  return (await (await openApi(flags)).unsetFlag(wish)) as object as FlagView;
}
