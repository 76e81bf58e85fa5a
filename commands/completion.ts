import { Args } from "@oclif/core";
import { TttCommand } from "../src/cli/base-command.ts";
import { catalogueOf } from "../src/cli/catalogue.ts";
import { bashCompletion } from "../src/cli/completion/bash.ts";
import { fishCompletion } from "../src/cli/completion/fish.ts";
import { completionPlaces } from "../src/cli/completion/tree.ts";
import { zshCompletion } from "../src/cli/completion/zsh.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
const SHELLS = ["bash", "zsh", "fish"] as const;

export default class Completion extends TttCommand<{ readonly shell: string; readonly script: string }> {
  static override readonly summary = "Print the script that completes ttt's commands in a shell";
  static override readonly description =
    "The script holds every command, flag and listed value of this version, so completing starts no process. Print it anew after an update, or let the shell do so at its start.";
  static override readonly examples = [
    "source <(<%= config.bin %> completion bash)",
    "source <(<%= config.bin %> completion zsh)",
    "<%= config.bin %> completion fish | source",
  ];
  static override readonly effect = "read";
  static override readonly args = {
    shell: Args.string({ required: true, options: [...SHELLS], description: "whose script" }),
  };

  async run() {
    const { args } = await this.parse(Completion);
    const shell = SHELLS.find((one) => one === args.shell) ?? "bash";
    const script = SCRIPTS[shell](completionPlaces(catalogueOf(this.config.commands)));
    this.log(script.trimEnd());
    return { shell, script };
  }
}
