import type { LogLevel } from "../../actions/desk-feed.ts";
import type { Keymap } from "../input/commands.ts";
import type { ConsoleState, ScreenName } from "../state/console-state.ts";
import type { LogStore } from "../state/log-store.ts";
import type { StackView } from "../state/stack-view.ts";
import type { Section } from "./section.ts";

/** All that a frame is made of. */
export interface ConsoleModel {
  readonly state: ConsoleState;
  readonly view: StackView;
  readonly logs: LogStore;
  readonly keymap: Keymap;
  /** Wall time of the frame. */
  readonly now: number;
}

/** A screen: what its list holds, and what it shows. */
export interface Screen {
  readonly name: ScreenName;
  readonly title: string;
  /** The least level of the log lines it shows; undefined when it shows none. */
  readonly logs?: LogLevel;
  /** Ids of the rows that the cursor can be on, in the order shown. */
  readonly ids: (model: ConsoleModel) => readonly string[];
  readonly sections: (model: ConsoleModel) => readonly Section[];
}

/** Whether any of the texts holds the screen's filter. */
export function passes(filter: string | undefined, ...texts: readonly string[]): boolean {
  const wanted = filter?.toLowerCase();
  return !wanted || texts.some((text) => text.toLowerCase().includes(wanted));
}

/** The row under the cursor: the selected one while it is there, else the first; -1 in an empty list. */
export function cursorIn(ids: readonly string[], selected: string | undefined): number {
  const at = selected === undefined ? -1 : ids.indexOf(selected);
  return at >= 0 ? at : Math.min(0, ids.length - 1);
}
