import type { FlagView } from "../../actions/flags/change-flag.ts";
import { showFlagValue } from "../../ops/flag.ts";
import { table } from "./table.ts";

export function flagTable(flags: readonly FlagView[]): string[] {
  const rows = flags.map((flag) => [
    flag.name,
    showFlagValue(flag.value),
    flag.set === undefined ? "default" : flag.set.actor,
    untilOf(flag),
    flag.meaning,
  ]);
  return table(["FLAG", "VALUE", "BY", "UNTIL", "MEANING"], rows);
}

/** What a flag is, or would be. */
export function flagLines(flag: FlagView, dryRun: boolean): string[] {
  const until = flag.set?.expiresAt === undefined ? "" : ` until ${untilOf(flag)}`;
  const words = `${showFlagValue(flag.value)}${until}; read by ${flag.readBy.join(", ")}`;
  return [dryRun ? `Nothing was changed. ${flag.name} would be ${words}` : `${flag.name} is ${words}`];
}

const untilOf = ({ set }: FlagView) => (set?.expiresAt === undefined ? "-" : new Date(set.expiresAt).toISOString());
