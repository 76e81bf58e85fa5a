import { Flags } from "@oclif/core";
import { TttCommand } from "../src/cli/base-command.ts";
import { type CatalogueEntry, catalogueOf } from "../src/cli/catalogue.ts";
import { commandsMarkdown } from "../src/cli/present/commands-markdown.ts";
import { table } from "../src/cli/present/table.ts";

export default class Commands extends TttCommand<readonly CatalogueEntry[]> {
  static override readonly summary = "List every command with what it does to the world";
  static override readonly description =
    "For people a table; with --json everything that a program must know before it calls a command: arguments, flags, defaults, examples, and its effect. `read` changes nothing, `mutate` changes the stack or its files, `dangerous` touches trading or what cannot be had back.";
  static override readonly examples = [
    "<%= config.bin %> commands",
    "<%= config.bin %> commands --json",
    "<%= config.bin %> commands --effect dangerous",
  ];
  static override readonly effect = "read";
  static override readonly flags = {
    effect: Flags.option({
      options: ["read", "mutate", "dangerous"] as const,
      description: "only commands of this effect",
    })(),
    markdown: Flags.boolean({ description: "the page docs/commands.md" }),
  };

  async run() {
    const { flags } = await this.parse(Commands);
    const all = catalogueOf(this.config.commands);
    const chosen = all.filter(({ effect }) => flags.effect === undefined || effect === flags.effect);
    if (flags.markdown) this.log(commandsMarkdown(chosen));
    else {
      const rows = chosen.map(({ command, effect, summary }) => [`ttt ${command}`, effect, summary]);
      for (const line of table(["COMMAND", "EFFECT", "SUMMARY"], rows)) this.log(line);
    }
    return chosen;
  }
}
