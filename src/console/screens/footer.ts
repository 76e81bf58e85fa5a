import { COMMANDS, type CommandName, worksOn } from "../input/commands.ts";
import type { Notice } from "../state/console-state.ts";
import { fitTo, type Line, lineWidth, span } from "../view/line.ts";
import type { Role } from "../view/theme.ts";
import type { ConsoleModel } from "./model.ts";

/** Short names for the keys that are always worth knowing, most important first. */
const HINTS: readonly (readonly [CommandName, string])[] = [
  ["kill", "KILL"],
  ["help", "help"],
  ["palette", "commands"],
  ["filter", "filter"],
  ["quit", "quit"],
];

const SCREEN_HINTS: readonly (readonly [CommandName, string])[] = [
  ["open", "open"],
  ["show-logs", "logs"],
  ["restart", "restart"],
  ["arm", "arm"],
  ["log-level", "level"],
  ["follow", "follow"],
];

const MOODS: Readonly<Record<Notice["mood"], Role>> = { good: "good", warn: "warn", bad: "bad", busy: "accent" };

/** The last row: what was just done, what is typed, or what the keys do here. */
export function footer(model: ConsoleModel, width: number): Line {
  const { prompt, notice, filters, screen } = model.state;
  if (prompt?.kind === "filter") {
    return fitTo(
      [span(" / ", "key"), span(prompt.text), span("▏", "accent"), span("  enter keeps, esc clears", "muted")],
      width,
    );
  }
  if (notice) return fitTo([span(` ${notice.text}`, MOODS[notice.mood])], width);
  const filter = filters[screen];
  const left = filter ? [span(" / ", "key"), span(filter, "match"), span("  esc clears", "muted")] : [];
  return fitTo([...left, ...hints(model, width - lineWidth(left))], width);
}

function hints({ state, keymap }: ConsoleModel, width: number): Line {
  const shown: Line[] = [];
  let left = width;
  const own = SCREEN_HINTS.filter(([name]) => COMMANDS[name].on !== undefined && worksOn(name, state.screen));
  for (const [name, text] of [...HINTS, ...own]) {
    const key = keymap.keysOf(name)[0];
    if (key === undefined) continue;
    const hint = [span(` ${key} `, name === "kill" ? "bad" : "key"), span(`${text} `, "muted")];
    left -= lineWidth(hint);
    if (left < 0) break;
    shown.push(hint);
  }
  return shown.flat();
}
