import { EXIT_CODES } from "../../core/exit-codes.ts";
import type { CatalogueEntry, CatalogueFlag } from "../catalogue.ts";

/** The catalogue as a page of documentation: a table of all commands, then each of them, then the exit codes. */
export function commandsMarkdown(catalogue: readonly CatalogueEntry[]): string {
  return [
    "# Commands",
    "",
    "Generated from the commands by `npm run build`; change the command, not this page. `ttt commands --json` is the",
    "same for programs. Every command takes `--json` (one envelope for success and failure) and `--help`, and ends with",
    "one of the [exit codes](#exit-codes). Effect: *read* changes nothing, *mutate* changes the stack or its files,",
    "*dangerous* touches trading or what cannot be had back.",
    "",
    "| Command | Effect | |",
    "|---|---|---|",
    ...catalogue.map(
      ({ command, effect, summary }) => `| [\`ttt ${command}\`](#${anchor(command)}) | ${effect} | ${cell(summary)} |`,
    ),
    "",
    ...catalogue.flatMap(section),
    "## Exit codes",
    "",
    "`ttt explain exit N` says the same.",
    "",
    "| Code | Name | Meaning |",
    "|---|---|---|",
    ...Object.entries(EXIT_CODES).map(([name, { code, meaning }]) => `| ${code} | ${name} | ${cell(meaning)} |`),
    "",
  ].join("\n");
}

function section({ command, effect, summary, description, args, flags, examples }: CatalogueEntry): string[] {
  const own = flags.filter(({ name }) => name !== "json");
  const words = args.map(({ name, required }) => (required ? name.toUpperCase() : `[${name.toUpperCase()}]`));
  return [
    `## ttt ${command}`,
    "",
    `${summary}. *${effect}*`,
    "",
    ...(description ? [description, ""] : []),
    "```sh",
    ["ttt", command, ...words, ...(own.length > 0 ? ["[flags]"] : [])].join(" "),
    "```",
    "",
    ...(args.length + own.length > 0 ? ["| | |", "|---|---|"] : []),
    ...args.map(
      ({ name, description: about, options }) => `| \`${name.toUpperCase()}\` | ${cell(withOptions(about, options))} |`,
    ),
    ...own.map((flag) => `| \`${flagName(flag)}\` | ${cell(flagAbout(flag))} |`),
    ...(args.length + own.length > 0 ? [""] : []),
    ...(examples.length > 0 ? ["```sh", ...examples, "```", ""] : []),
  ];
}

function flagName({ name, char, type, negatable }: CatalogueFlag): string {
  return `${char ? `-${char}, ` : ""}--${negatable ? "[no-]" : ""}${name}${type === "option" ? "=…" : ""}`;
}

function flagAbout({ description, required, multiple, options, default: value }: CatalogueFlag): string {
  const notes = [
    ...(required ? ["required"] : []),
    ...(multiple ? ["may be repeated"] : []),
    ...(value === undefined || value === false || value === "" ? [] : [`default ${String(value)}`]),
  ];
  return `${withOptions(description, options)}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}

function withOptions(about: string, options: readonly string[] | undefined): string {
  return options ? `${about}: ${options.map((option) => `\`${option}\``).join(", ")}` : about;
}

const anchor = (command: string) => `ttt-${command.replaceAll(" ", "-")}`;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
