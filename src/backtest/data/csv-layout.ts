import { type DateOrder, recogniseTime, type TimeFormat } from "./timestamp.ts";

/** What a field of a row is. `clock` is the time of day when it stands in a column of its own. */
export type CsvRole = "skip" | "time" | "clock" | "open" | "high" | "low" | "close" | "volume";

/** How one CSV file is written, as far as reading it needs. */
export interface CsvLayout {
  readonly separator: "," | ";" | "\t" | "|" | " ";
  readonly decimal: "." | ",";
  /** The role of each field, in the order of the file. */
  readonly roles: readonly CsvRole[];
  /** The name of each field as the file gives it, or the role's where the file has no header. */
  readonly names: readonly string[];
  readonly timeFormat: TimeFormat;
  /** Lines before the first row of prices. */
  readonly headerLines: number;
}

export interface CsvOptions {
  /** IANA zone of times that carry none; UTC when left out. */
  readonly timezone?: string;
  /** Settles 03/04/2020. */
  readonly dateOrder?: DateOrder;
}

/** Why a file cannot be read, in the words of the person who has the file open. */
export interface LayoutProblem {
  readonly problem: string;
  readonly line: number;
  readonly expected: string;
  readonly found: string;
}

const NAMES: ReadonlyArray<readonly [CsvRole, RegExp]> = [
  [
    "time",
    /^(|datetime|timestamp|open ?time|unix( timestamp)?|date|time|day|gmt time|local time|ts|t|index)( ?\((utc|gmt|ms|s|us|ns)\))?$/,
  ],
  ["open", /^(open|o|open price|price open|first)$/],
  ["high", /^(high|h|max|price high|high price)$/],
  ["low", /^(low|l|min|price low|low price)$/],
  ["close", /^(close|c|last|price|close price|close last|price close)$/],
  ["volume", /^(volume|vol|v|volumn|tickvol|tick volume|base volume|volume .*|vol\. ?)$/],
];

/** The header of a file may stand below a title or an address, but not far below. */
const MAX_PREAMBLE = 5;
/** What a bar has beside its close when it is no point. */
const RANGE = ["open", "high", "low"] as const;
const SEPARATORS = ["\t", ";", "|", ","] as const;

/** Recognises the layout from the first lines of a file (without line ends). */
export function recogniseLayout(lines: readonly string[], options: CsvOptions = {}): CsvLayout | LayoutProblem {
  const head = lines.map((line) => line.replace(/^\uFEFF/, "").replace(/\r$/, ""));
  for (let line = 0; line <= Math.min(MAX_PREAMBLE, head.length - 1); line++) {
    const separator = separatorOf(head[line]!);
    const fields = splitFields(head[line]!, separator);
    const missing = missingColumns(fields);
    if (missing.length > 0) return incompleteHeader(head[line]!, line + 1, missing);
    const roles = rolesOf(fields);
    if (roles !== undefined) return complete({ separator, roles, names: fields, headerLines: line + 1 }, head, options);
    const unnamed = unnamedRoles(fields, options);
    if (unnamed !== undefined) {
      return complete({ separator, roles: unnamed, names: unnamed, headerLines: line }, head, options);
    }
  }
  return {
    problem: "No header and no row of prices was recognised",
    line: 1,
    expected: "a header with a time, open, high, low and close, or rows in that order",
    found: head[0] ? legible(head[0]) : "an empty file",
  };
}

/** The beginning of a line, without what a terminal would act upon. */
function legible(line: string): string {
  if (line.includes("\uFFFD") || line.includes("\0")) return "what is no UTF-8 text";
  return line.slice(0, 80).replaceAll(/\p{C}/gu, "·");
}

/**
 * The columns that a header leaves out: it names a time and a close alone, or all four prices. Empty when it leaves out
 * none, and for a line that is no header. Without this the rows below would be read by position, one column off.
 */
function missingColumns(fields: readonly string[]): CsvRole[] {
  const names = fields.map(plainName);
  const has = new Set(names.map(roleNamed));
  if (new Set(names.filter((name) => name !== "" && roleNamed(name) !== "skip")).size < 3) return [];
  const isWhole = RANGE.some((role) => has.has(role));
  return (["time", ...(isWhole ? RANGE : []), "close"] as const).filter((role) => !has.has(role));
}

function incompleteHeader(header: string, line: number, missing: readonly CsvRole[]): LayoutProblem {
  return {
    problem: `The header names no ${missing.join(" and no ")}`,
    line,
    expected: "columns named time, open, high, low and close, or time and close alone",
    found: legible(header),
  };
}

/** The fields of a line, without quotes and surrounding blanks. */
export function splitFields(line: string, separator: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (const char of line) {
    if (char === '"') quoted = !quoted;
    else if (char !== separator || quoted) field += char;
    else {
      fields.push(field);
      field = "";
    }
  }
  return [...fields, field].map((one) => one.trim());
}

/** The separator that occurs most often outside quotes; blanks only when there is no other. */
function separatorOf(line: string): CsvLayout["separator"] {
  const bare = line.replaceAll(/"[^"]*"/g, "");
  const count = (separator: string) => bare.split(separator).length - 1;
  const best = SEPARATORS.reduce((a, b) => (count(b) > count(a) ? b : a));
  return count(best) > 0 ? best : " ";
}

/** The roles that a header names; undefined when the line is no header. The first field of a role wins. */
function rolesOf(fields: readonly string[]): CsvRole[] | undefined {
  const taken = new Set<CsvRole>();
  const roles = fields.map((field): CsvRole => {
    const role = roleNamed(plainName(field));
    if (role === "skip" || (taken.has(role) && role !== "time")) return "skip";
    if (role === "time" && taken.has("time"))
      return taken.has("clock") || !isClockName(field) ? "skip" : clockRole(taken);
    taken.add(role);
    return role;
  });
  return taken.has("time") && taken.has("close") ? roles : undefined;
}

const isClockName = (field: string): boolean => /^(time|timestamp|clock|hour)$/.test(plainName(field));

function clockRole(taken: Set<CsvRole>): CsvRole {
  taken.add("clock");
  return "clock";
}

const plainName = (field: string): string =>
  field
    .toLowerCase()
    .replaceAll(/[<>"*]/g, "")
    .replaceAll(/[_-]+/g, " ")
    .trim();

function roleNamed(name: string): CsvRole {
  return NAMES.find(([, pattern]) => pattern.test(name))?.[0] ?? "skip";
}

/** A row without a header: a time, then open, high, low, close and perhaps volume; or a date and a clock first. */
function unnamedRoles(fields: readonly string[], options: CsvOptions): CsvRole[] | undefined {
  if (fields.length < 5 || recogniseTime([fields[0]!], options.dateOrder) === undefined) return undefined;
  const clocked = /^\d{1,2}:\d{2}/.test(fields[1]!);
  const prices: CsvRole[] = [
    ...(clocked ? (["time", "clock"] as const) : (["time"] as const)),
    "open",
    "high",
    "low",
    "close",
  ];
  const numeric = fields.slice(clocked ? 2 : 1, prices.length).every((field) => /^-?\d*[.,]?\d+$/.test(field));
  if (!numeric || fields.length < prices.length) return undefined;
  return fields.map((_, index) => prices[index] ?? (index === prices.length ? "volume" : "skip"));
}

type Draft = Pick<CsvLayout, "separator" | "roles" | "names" | "headerLines">;

/** Adds what only the rows themselves tell: how times and decimals are written. */
function complete(draft: Draft, head: readonly string[], options: CsvOptions): CsvLayout | LayoutProblem {
  const rows = head
    .slice(draft.headerLines)
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => splitFields(line, draft.separator));
  const timeField = draft.roles.indexOf("time");
  const clockField = draft.roles.indexOf("clock");
  const samples = rows.map((row) => row[timeField] ?? "");
  // A date column that already holds the time of day makes a clock column beside it a copy.
  const clockNeeded = clockField !== -1 && rows[0] !== undefined && /^[\d:.]+$/.test(rows[0][clockField] ?? "");
  const wholeTimes = /[T ]\d{1,2}:/.test(samples[0] ?? "");
  const roles = draft.roles.map((role) => (role === "clock" && (!clockNeeded || wholeTimes) ? "skip" : role));
  const timeFormat = recogniseTime(samples, options.dateOrder);
  const line = draft.headerLines + 1;
  const found = samples[0] ?? "no row";
  if (rows.length === 0)
    return { problem: "The file holds no row of prices", line, expected: "at least one row", found };
  if (timeFormat === undefined) {
    return { problem: "The times are in no known format", line, expected: "epoch, ISO or day-month-year", found };
  }
  if (timeFormat === "ambiguous") {
    return { problem: "Day and month cannot be told apart", line, expected: "--date-order dmy or mdy", found };
  }
  const comma = draft.separator !== "," && rows.some((row) => row.some((_, i) => isComma(roles[i], row[i]!)));
  return { ...draft, roles, timeFormat, decimal: comma ? "," : "." };
}

const isComma = (role: CsvRole | undefined, field: string): boolean =>
  role !== undefined && role !== "skip" && role !== "time" && role !== "clock" && /^-?\d+,\d+$/.test(field);
