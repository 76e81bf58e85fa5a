import { hostname, userInfo } from "node:os";

/** Who sits at this terminal, for the journal: the account of the operating system, and where the command runs. */
export function operatorHere(program: string): { readonly actor: string; readonly origin: string } {
  return { actor: userInfo().username, origin: `${program} on ${hostname()}, process ${process.pid}` };
}
