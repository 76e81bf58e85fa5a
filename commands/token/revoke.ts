import { Args } from "@oclif/core";
import { revokeToken } from "../../src/actions/tokens/change-tokens.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { withStores } from "../../src/cli/open-stores.ts";
import type { ApiToken } from "../../src/ops/api-token.ts";

export default class TokenRevoke extends TttCommand<ApiToken> {
  static override readonly summary = "Make a token worthless, within a second";
  static override readonly description =
    "The API refuses the token from then on; the journal says who revoked it. A revoked token cannot be brought back.";
  static override readonly examples = ["<%= config.bin %> token revoke dashboard"];
  static override readonly effect = "mutate";
  static override readonly args = { name: Args.string({ required: true, description: "its name" }) };

  async run() {
    const { args } = await this.parse(TokenRevoke);
    return withStores("ttt token revoke", async (access) => {
      const row = await revokeToken(args.name, access);
      this.log(`${row.name} is revoked`);
      return row;
    });
  }
}
