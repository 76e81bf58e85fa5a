import { Args } from "@oclif/core";
import { planRevocation, revokeToken } from "../../src/actions/tokens/change-tokens.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withStores } from "../../src/cli/open-stores.ts";
import { dryRunFlag } from "../../src/cli/wait-flags.ts";
import type { ApiToken } from "../../src/ops/api-token.ts";

export default class TokenRevoke extends TttCommand<ApiToken> {
  static override readonly summary = "Make a token worthless, within a second";
  static override readonly description =
    "The API refuses the token from then on; the journal says who revoked it. A revoked token cannot be brought back.";
  static override readonly examples = ["<%= config.bin %> token revoke dashboard"];
  static override readonly effect = "mutate";
  static override readonly args = { name: Args.string({ required: true, description: "its name" }) };

  static override readonly flags = { ...dryRunFlag };

  async run() {
    const { args, flags } = await this.parse(TokenRevoke);
    return withStores("ttt token revoke", async (access) => {
      if (flags["dry-run"]) {
        const planned = await planRevocation(args.name, access);
        this.log(`would revoke ${planned.name}`);
        return planned;
      }
      const row = await revokeToken(args.name, access);
      this.log(`${row.name} is revoked`);
      return row;
    });
  }
}
