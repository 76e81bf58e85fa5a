/** What a piece of text means. Screens name the meaning, a theme gives it its look. */
export type Role =
  | "muted"
  | "strong"
  | "title"
  | "accent"
  | "good"
  | "warn"
  | "bad"
  | "border"
  | "cursor"
  | "key"
  | "match"
  | "chart"
  | "paper-bar"
  | "sandbox-bar"
  | "live-bar"
  | "run-badge"
  | "reduce-badge"
  | "block-badge"
  | "unknown-badge";

/** Every role as the parameters of one SGR sequence (ECMA-48); an empty text is the terminal's own look. */
export interface Theme {
  readonly name: string;
  readonly roles: Readonly<Record<Role, string>>;
}

const DARK: Theme = {
  name: "dark",
  roles: {
    muted: "38;5;245",
    strong: "1",
    title: "1;38;5;255",
    accent: "38;5;81",
    good: "38;5;78",
    warn: "38;5;221",
    bad: "1;38;5;203",
    border: "38;5;239",
    cursor: "48;5;237",
    key: "1;38;5;81",
    match: "1;4;38;5;221",
    chart: "38;5;81",
    "paper-bar": "38;5;16;48;5;37",
    "sandbox-bar": "38;5;231;48;5;91",
    "live-bar": "1;38;5;231;48;5;160",
    "run-badge": "1;38;5;16;48;5;78",
    "reduce-badge": "1;38;5;16;48;5;221",
    "block-badge": "1;38;5;231;48;5;160",
    "unknown-badge": "1;38;5;16;48;5;250",
  },
};

const LIGHT: Theme = {
  name: "light",
  roles: {
    ...DARK.roles,
    muted: "38;5;242",
    title: "1;38;5;16",
    accent: "38;5;25",
    good: "38;5;28",
    warn: "38;5;130",
    bad: "1;38;5;160",
    border: "38;5;250",
    cursor: "48;5;253",
    key: "1;38;5;25",
    match: "1;4;38;5;130",
    chart: "38;5;25",
  },
};

/** The sixteen colours every terminal has; also what people with a palette of their own want. */
const ANSI: Theme = {
  name: "ansi",
  roles: {
    muted: "2",
    strong: "1",
    title: "1",
    accent: "36",
    good: "32",
    warn: "33",
    bad: "1;31",
    border: "2",
    cursor: "7",
    key: "1;36",
    match: "1;4;33",
    chart: "36",
    "paper-bar": "30;46",
    "sandbox-bar": "37;45",
    "live-bar": "1;37;41",
    "run-badge": "1;30;42",
    "reduce-badge": "1;30;43",
    "block-badge": "1;37;41",
    "unknown-badge": "1;30;47",
  },
};

/** No colour at all: weight, underline and inverse carry the meaning, and every badge says it in words too. */
export const MONOCHROME: Theme = {
  name: "monochrome",
  roles: {
    muted: "2",
    strong: "1",
    title: "1",
    accent: "",
    good: "",
    warn: "1",
    bad: "1;4",
    border: "2",
    cursor: "7",
    key: "1",
    match: "1;4",
    chart: "",
    "paper-bar": "7",
    "sandbox-bar": "7",
    "live-bar": "1;7",
    "run-badge": "7",
    "reduce-badge": "1;7",
    "block-badge": "1;4;7",
    "unknown-badge": "7",
  },
};

/** In the order in which the console steps through them. */
export const THEMES: readonly Theme[] = [DARK, LIGHT, ANSI, MONOCHROME];

/** The theme for a terminal that shows `colourDepth` bits of colour (Node's `getColorDepth`: 1 under NO_COLOR). */
export function themeFor(colourDepth: number): Theme {
  if (colourDepth <= 1) return MONOCHROME;
  return colourDepth < 8 ? ANSI : DARK;
}

/** The next theme a terminal of this depth can show. */
export function nextTheme(current: Theme, colourDepth: number): Theme {
  if (colourDepth <= 1) return MONOCHROME;
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length]!;
}
