import { TttCommand } from "../../src/cli/base-command.ts";
import { table } from "../../src/cli/present/table.ts";
import { type ShownConfig, showConfig } from "../../src/cli/show-config.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";

export default class ConfigCommand extends TttCommand<ShownConfig> {
  static override readonly summary = "Show every setting, its value and where it comes from";
  static override readonly description =
    "Settings come from defaults, the stack file (TTT_STACK, or ttt.yaml in the state directory), the secrets file (conf/secrets.env in the state directory) and the environment, the later over the earlier. Secrets are masked. What cannot be used is named at the end, with its place, and then it ends with 10.";
  static override readonly examples = [
    "<%= config.bin %> config",
    "TTT_WORKER_COUNT=2 <%= config.bin %> config --json",
  ];

  async run() {
    await this.parse(ConfigCommand);
    const shown = await showConfig();
    this.log(`state directory ${shown.home}, profile ${shown.profile}`);
    const rows = shown.settings.map(({ name, value, source, description }) => [
      name,
      value === null || value === "" ? "-" : String(value),
      source,
      description,
    ]);
    for (const line of table(["SETTING", "VALUE", "SOURCE", "MEANING"], rows)) this.log(line);
    for (const problem of shown.problems) this.log(`! ${problem}`);
    if (shown.problems.length > 0) this.exitWith(EXIT_CODES.configuration.code);
    return shown;
  }
}
