import type { Key as InkKey } from "ink";
import type { Key } from "../state/press-key.ts";

const NAMED = [
  ["return", "enter"],
  ["escape", "escape"],
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "page-up"],
  ["pageDown", "page-down"],
  ["home", "home"],
  ["end", "end"],
  ["backspace", "backspace"],
  ["delete", "backspace"],
] as const satisfies readonly (readonly [keyof InkKey, string])[];

/** Control characters that stand for keys when they arrive within text that was typed faster than it was read. */
const CONTROLS: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0003": "ctrl-c",
  "\u0015": "ctrl-u",
};

/** The keys in what Ink read: one named key, or each character of text that was typed faster than it was read. */
export function keysIn(input: string, key: InkKey): readonly Key[] {
  if (key.tab) return [{ name: key.shift ? "shift-tab" : "tab", text: "" }];
  const named = NAMED.find(([flag]) => key[flag]);
  if (named) return [{ name: named[1], text: "" }];
  if (key.ctrl) return [{ name: `ctrl-${input}`, text: "" }];
  if (key.meta) return [];
  return [...input].flatMap((character): Key[] => {
    const control = CONTROLS[character];
    if (control !== undefined) return [{ name: control, text: "" }];
    return character < " " ? [] : [{ name: character, text: character }];
  });
}
