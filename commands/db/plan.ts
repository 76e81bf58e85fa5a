import { type MigrationPlan, planMigrations } from "../../src/actions/migrate-database.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { openMigrations } from "../../src/cli/open-migrations.ts";
import { planLines } from "../../src/cli/present/migrations.ts";

export default class DbPlan extends TttCommand<MigrationPlan> {
  static override readonly summary = "Show the SQL that ttt db migrate would run";
  static override readonly description =
    "In its order, with every statement named that takes something away, and whether it would be refused because another build runs. Changes nothing, even in a database that was never migrated.";
  static override readonly examples = ["<%= config.bin %> db plan", "<%= config.bin %> db plan --json"];

  async run() {
    await this.parse(DbPlan);
    const plan = await planMigrations(await openMigrations());
    for (const line of planLines(plan, { sql: true })) this.log(line);
    return plan;
  }
}
