import type { Command } from "@oclif/core";
import type { Effect } from "./base-command.ts";

/** One command as a program sees it: all that there is to know before calling it. */
export interface CatalogueEntry {
  /** As it is typed: `kill status`. */
  readonly command: string;
  readonly summary: string;
  readonly description: string;
  /** What it does to the world. `dangerous` touches trading, or what cannot be had back. */
  readonly effect: Effect;
  readonly args: readonly CatalogueArg[];
  readonly flags: readonly CatalogueFlag[];
  readonly examples: readonly string[];
}

export interface CatalogueArg {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly options?: readonly string[];
}

export interface CatalogueFlag {
  readonly name: string;
  readonly char?: string;
  readonly description: string;
  readonly type: "boolean" | "option";
  readonly required: boolean;
  readonly multiple: boolean;
  /** `--no-NAME` turns it off. */
  readonly negatable?: boolean;
  readonly options?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
}

/** Commands as the manifest describes them, in the order of their names. */
export function catalogueOf(commands: readonly Command.Cached[]): CatalogueEntry[] {
  return commands
    .filter(({ hidden }) => !hidden)
    .map(entryOf)
    .sort((a, b) => (a.command < b.command ? -1 : 1));
}

function entryOf(cached: Command.Cached): CatalogueEntry {
  const { id, summary, description, args, flags, examples } = cached;
  return {
    command: id.replaceAll(":", " "),
    summary: summary ?? "",
    description: description ?? "",
    effect: effectOf(cached.effect),
    args: Object.values(args)
      .filter(({ hidden }) => !hidden)
      .map(({ name, description: about, required, options }) => ({
        name,
        description: about ?? "",
        required: required ?? false,
        ...(options !== undefined && { options }),
      })),
    flags: Object.values(flags)
      .filter(({ hidden }) => !hidden)
      .map(flagOf),
    examples: (examples ?? []).map(exampleOf),
  };
}

function flagOf(flag: Command.Flag.Cached): CatalogueFlag {
  const options = flag.type === "option" ? flag.options : undefined;
  const value: unknown = flag.default;
  return {
    name: flag.name,
    ...(flag.char !== undefined && { char: flag.char }),
    description: flag.description ?? flag.summary ?? "",
    type: flag.type,
    required: flag.required ?? false,
    multiple: flag.type === "option" && (flag.multiple ?? false),
    ...(flag.type === "boolean" && flag.allowNo && { negatable: true }),
    ...(options !== undefined && { options }),
    ...(isPlain(value) && { default: value }),
  };
}

/** A command that does not say what it does is taken to be the worst. */
function effectOf(value: unknown): Effect {
  return value === "read" || value === "mutate" ? value : "dangerous";
}

function exampleOf(example: Command.Example): string {
  return (typeof example === "string" ? example : example.command).replaceAll("<%= config.bin %>", "ttt").trim();
}

function isPlain(value: unknown): value is string | number | boolean | string[] {
  return ["string", "number", "boolean"].includes(typeof value) || Array.isArray(value);
}
