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

export function flagLine(flag: FlagView): string {
  const until = flag.set?.expiresAt === undefined ? "" : ` until ${untilOf(flag)}`;
  return `${flag.name} is ${showFlagValue(flag.value)}${until}; read by ${flag.readBy.join(", ")}`;
}

const untilOf = ({ set }: FlagView) => (set?.expiresAt === undefined ? "-" : new Date(set.expiresAt).toISOString());
