import { Flags } from "@oclif/core";
import { TttCommand } from "../src/cli/base-command.ts";
import { initSecrets } from "../src/cli/secrets.ts";
import { dryRunFlag } from "../src/cli/wait-flags.ts";

export default class Init extends TttCommand<Awaited<ReturnType<typeof initSecrets>>> {
  static override readonly summary = "Write the secrets file from its template, with strong values in it";
  static override readonly description =
    "The file is conf/secrets.env in the state directory, mode 0600, and says of each secret what it is for. Every command and daemon reads it, and Docker Compose can. One that is there is never overwritten. Secrets are never given by flag: put them into this file.";
  static override readonly examples = ["<%= config.bin %> init", "<%= config.bin %> init --profile services --json"];
  static override readonly effect = "mutate";
  static override readonly flags = {
    profile: Flags.option({
      options: ["embedded", "services"] as const,
      default: "embedded" as const,
      description: "services also sets the addresses of PostgreSQL, Redis and RabbitMQ",
    })(),
    ...dryRunFlag,
  };

  async run() {
    const { flags } = await this.parse(Init);
    const done = await initSecrets(flags.profile, { dryRun: flags["dry-run"] });
    this.log(done.path);
    this.log(`${done.written ? "made" : "would make"}: ${done.generated.join(", ")}`);
    return done;
  }
}
