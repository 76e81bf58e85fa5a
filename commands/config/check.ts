import { TttCommand } from "../../src/cli/base-command.ts";
import { table } from "../../src/cli/present/table.ts";
import { type CheckedConfig, checkConfig } from "../../src/cli/secrets.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";

export default class ConfigCheck extends TttCommand<CheckedConfig> {
  static override readonly summary =
    "Look the configuration over: what cannot be used, and which secrets are missing, weak, readable by others, or unused";
  static override readonly description =
    "Reads the configuration as every command does, and never shows a secret. Ends with 10 when something cannot be used, is missing, weak or readable; what nothing reads is only named.";
  static override readonly examples = ["<%= config.bin %> config check", "<%= config.bin %> config check --json"];

  async run() {
    await this.parse(ConfigCheck);
    const checked = await checkConfig();
    const { secretsFile, exists, findings } = checked;
    this.log(exists ? secretsFile : `${secretsFile} is not there: ttt init writes one`);
    const rows = findings.map(({ name, problem, text, hint }) => [name, problem, text, hint]);
    if (rows.length === 0) this.log("nothing to complain of");
    else for (const line of table(["NAME", "IS", "BECAUSE", "TRY"], rows)) this.log(line);
    if (findings.some(({ problem }) => problem !== "unused")) this.exitWith(EXIT_CODES.configuration.code);
    return checked;
  }
}
