import { TttCommand } from "../../src/cli/base-command.ts";
import { withStores } from "../../src/cli/open-stores.ts";
import { duration, table } from "../../src/cli/present/table.ts";
import type { ApiToken } from "../../src/ops/api-token.ts";

export default class TokenList extends TttCommand<{ readonly tokens: readonly ApiToken[] }> {
  static override readonly summary = "List the API's tokens: whose, for what, until when, last used";
  static override readonly description =
    "Reads the tokens of this stack from its database. The secret part of a token is kept nowhere and cannot be shown.";
  static override readonly examples = ["<%= config.bin %> token list"];

  async run() {
    await this.parse(TokenList);
    return withStores("ttt token list", async ({ tokens, clock }) => {
      const rows = await tokens.list();
      const now = clock.now();
      const cells = rows.map(({ name, role, createdBy, expiresAt, revokedAt, lastUsedAt }) => [
        name,
        role,
        revokedAt !== undefined ? "revoked" : expiresAt <= now ? "expired" : `${duration(expiresAt - now)} left`,
        lastUsedAt === undefined ? "never" : `${duration(now - lastUsedAt)} ago`,
        createdBy,
      ]);
      for (const line of table(["NAME", "ROLE", "VALID", "USED", "MADE BY"], cells)) this.log(line);
      return { tokens: rows };
    });
  }
}
