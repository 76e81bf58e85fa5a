import { loadConfig } from "../../runtime/config.ts";
import { type Client, openStackElsewhere } from "../../runtime/stack-elsewhere.ts";
import { type ApiFlags, wishOf } from "../api-flags.ts";

/** The stack that `--api` names, for one command. */
export async function openApi(flags: ApiFlags): Promise<Client> {
  return openStackElsewhere(await loadConfig(), wishOf(flags));
}
