import { Args, Flags } from "@oclif/core";
import { createToken, planToken } from "../../src/actions/tokens/change-tokens.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { durationFlag } from "../../src/cli/duration-flag.ts";
import { withStores } from "../../src/cli/open-stores.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";
import { ROLES } from "../../src/ops/role.ts";

export default class TokenCreate extends TttCommand<{
  readonly name: string;
  readonly role: string;
  readonly expiresAt: number;
  /** Absent when nothing was made. */
  readonly token?: string;
}> {
  static override readonly summary = "Make a token for the API";
  static override readonly description =
    "The token is printed this once; only its digest is kept. Roles: viewer reads; operator also runs backtests and kills; risk also arms; admin may do everything.";
  static override readonly examples = [
    "<%= config.bin %> token create dashboard --role viewer --expires 90d",
    "<%= config.bin %> token create ci --role operator --expires 12h --json",
  ];
  static override readonly effect = "mutate";
  static override readonly args = { name: Args.string({ required: true, description: "who or what it is for" }) };
  static override readonly flags = {
    role: Flags.option({ options: ROLES, default: "viewer" as const, description: "what it may do" })(),
    expires: durationFlag({
      default: 30 * 86_400_000,
      defaultHelp: async () => "30d",
      description: "how long it lives",
    }),
    ...dryRunFlag,
  };

  async run() {
    const { args, flags } = await this.parse(TokenCreate);
    return withStores("ttt token create", async (access) => {
      const request = { name: args.name, role: flags.role, lifeMs: flags.expires };
      if (flags["dry-run"]) {
        const planned = await planToken(request, access);
        this.log(`would make ${planned.name}, ${planned.role}, until ${new Date(planned.expiresAt).toISOString()}`);
        return planned;
      }
      const { token, row } = await createToken(request, access);
      this.log(token);
      this.logToStderr(
        `${row.name}, ${row.role}, until ${new Date(row.expiresAt).toISOString()}. It is not shown again.`,
      );
      return { name: row.name, role: row.role, expiresAt: row.expiresAt, token };
    });
  }
}
