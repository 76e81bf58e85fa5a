import { readMigrations } from "../../src/actions/migrate-database.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { openMigrations } from "../../src/cli/open-migrations.ts";
import { migrationsTable } from "../../src/cli/present/migrations.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";
import type { MigrationView } from "../../src/ops/migration.ts";

export default class DbStatus extends TttCommand<{ readonly migrations: readonly MigrationView[] }> {
  static override readonly summary = "List the migrations: applied, pending or unknown";
  static override readonly description =
    "Ends with 20 when something is pending. Unknown is what the database has and this build does not: a newer build was here, and this one works with its database. Changes nothing.";
  static override readonly examples = ["<%= config.bin %> db status", "<%= config.bin %> db status --json"];

  async run() {
    await this.parse(DbStatus);
    const migrations = await readMigrations(await openMigrations());
    for (const line of migrationsTable(migrations)) this.log(line);
    if (migrations.some(({ state }) => state === "pending")) this.exitWith(EXIT_CODES.unhealthy.code);
    return { migrations };
  }
}
