import { hostname, userInfo } from "node:os";
import type { Role } from "../ops/role.ts";
import type { Config } from "./config.ts";

/**
 * Who sits at this terminal, for the journal: the account of the operating system, and where the command runs. Behind
 * sudo it is the one who called it: root itself is nobody in particular.
 */
export function operatorHere(program: string): { readonly actor: string; readonly origin: string } {
  const { uid, username } = userInfo();
  const actor = (uid === 0 ? process.env.SUDO_USER : undefined) || username;
  return { actor, origin: `${program} on ${hostname()}, process ${process.pid}` };
}

/** What an account of the operating system may do here: arm, where it is listed or nobody is; kill, always. */
export function roleOf(actor: string, { trading }: Pick<Config, "trading">): Role {
  const listed = trading.riskOperators.split(",").map((name) => name.trim());
  const named = listed.filter((name) => name !== "");
  return named.length === 0 || named.includes(actor) ? "risk" : "operator";
}
