/** What a terminal sends for each named key (xterm's default modes). */
export const KEYS = {
  enter: "\r",
  escape: "\u001b",
  tab: "\t",
  "shift-tab": "\u001b[Z",
  backspace: "\u007f",
  delete: "\u001b[3~",
  up: "\u001b[A",
  down: "\u001b[B",
  right: "\u001b[C",
  left: "\u001b[D",
  "page-up": "\u001b[5~",
  "page-down": "\u001b[6~",
  home: "\u001b[H",
  end: "\u001b[F",
  "ctrl-c": "\u0003",
  "ctrl-d": "\u0004",
  "ctrl-l": "\u000c",
  "ctrl-u": "\u0015",
  "ctrl-z": "\u001a",
} as const satisfies Record<string, string>;

export type KeyName = keyof typeof KEYS;
