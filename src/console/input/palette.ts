import { killScopes } from "../state/safety.ts";
import type { StackView } from "../state/stack-view.ts";
import { COMMAND_NAMES, COMMANDS, type CommandName } from "./commands.ts";
import { fuzzyMatch } from "./fuzzy.ts";

/** One line of the palette: a command, perhaps for one target, and the command line that does the same. */
export interface PaletteEntry {
  readonly command: CommandName;
  readonly target: string;
  readonly title: string;
  readonly cli: string;
  /** Places in the title that the query matched. */
  readonly places: readonly number[];
}

/** Moving the cursor is for keys. */
const KEYS_ONLY: readonly CommandName[] = ["up", "down", "page-up", "page-down", "first", "last", "open", "palette"];

/** What the palette offers for a query, best first. */
export function searchPalette(query: string, view: StackView): readonly PaletteEntry[] {
  return entries(view)
    .flatMap((entry) => {
      const inTitle = fuzzyMatch(query, entry.title);
      const inCli = fuzzyMatch(query, entry.cli);
      if (!inTitle && !inCli) return [];
      const score = Math.max(inTitle?.score ?? 0, (inCli?.score ?? 0) - 4);
      return [{ entry: { ...entry, places: inTitle?.places ?? [] }, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}

function entries(view: StackView): readonly PaletteEntry[] {
  return COMMAND_NAMES.filter((name) => !KEYS_ONLY.includes(name)).flatMap((command) =>
    targetsOf(command, view).map((target): PaletteEntry => {
      const { title, titleFor, cli } = COMMANDS[command];
      return { command, target, title: titleFor?.(target) ?? title, cli: cli?.(target) ?? "", places: [] };
    }),
  );
}

function targetsOf(command: CommandName, view: StackView): readonly string[] {
  switch (command) {
    case "restart":
    case "stop":
    case "start":
    case "show-logs":
      return view.services.value.map(({ instance }) => instance);
    case "kill":
    case "arm":
      return killScopes(view);
    default:
      return [""];
  }
}
