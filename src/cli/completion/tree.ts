import type { CatalogueEntry } from "../catalogue.ts";

/** What can follow a place on the command line: `""` is the start, `kill` is behind `ttt kill`. */
export interface CompletionPlace {
  readonly path: string;
  readonly words: readonly Completion[];
  readonly flags: readonly FlagCompletion[];
}

export interface Completion {
  readonly word: string;
  readonly about: string;
}

export interface FlagCompletion {
  /** `--level`, `-l` when it has a short one, `--no-wait` when it can be turned off. */
  readonly names: readonly string[];
  readonly about: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
}

const HELP: FlagCompletion = { names: ["--help"], about: "show help", takesValue: false, values: [] };

/** Every place of the command line with what can be typed there. */
export function completionPlaces(catalogue: readonly CatalogueEntry[]): CompletionPlace[] {
  const entries = new Map(catalogue.map((entry) => [entry.command, entry]));
  const paths = new Set([""]);
  for (const { command } of catalogue) {
    const parts = command.split(" ");
    for (let length = 1; length <= parts.length; length++) paths.add(parts.slice(0, length).join(" "));
  }
  return [...paths].sort().map((path) => {
    const entry = entries.get(path);
    return {
      path,
      words: [...nextWords(path, paths, entries), ...argumentWords(entry)],
      flags: [...(entry?.flags.map(flagCompletion) ?? []), HELP],
    };
  });
}

function nextWords(
  path: string,
  paths: ReadonlySet<string>,
  entries: ReadonlyMap<string, CatalogueEntry>,
): Completion[] {
  const prefix = path === "" ? "" : `${path} `;
  return [...paths]
    .filter((other) => other !== "" && other.startsWith(prefix) && !other.slice(prefix.length).includes(" "))
    .sort()
    .map((other) => ({ word: other.slice(prefix.length), about: entries.get(other)?.summary ?? "more commands" }));
}

function argumentWords(entry: CatalogueEntry | undefined): Completion[] {
  return (entry?.args ?? []).flatMap(({ options, description }) =>
    (options ?? []).map((word) => ({ word, about: description })),
  );
}

function flagCompletion({
  name,
  char,
  description,
  type,
  options,
  negatable,
}: CatalogueEntry["flags"][number]): FlagCompletion {
  return {
    names: [`--${name}`, ...(negatable ? [`--no-${name}`] : []), ...(char === undefined ? [] : [`-${char}`])],
    about: description,
    takesValue: type === "option",
    values: options ?? [],
  };
}
