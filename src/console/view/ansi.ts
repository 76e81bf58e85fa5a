import type { Line } from "./line.ts";
import type { Theme } from "./theme.ts";

const ESC = "\u001b[";

/** The line as a terminal wants it: a role's look over that of its ground. Every styled span closes itself, so rows never colour their neighbours. */
export function toAnsi(spans: Line, theme: Theme): string {
  let text = "";
  for (const { text: words, role, ground } of spans) {
    const look = [ground, role].map((one) => (one === undefined ? "" : theme.roles[one])).filter(Boolean);
    text += look.length === 0 ? words : `${ESC}${look.join(";")}m${words}${ESC}0m`;
  }
  return text;
}
