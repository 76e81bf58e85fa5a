import { Flags } from "@oclif/core";
import { type MigrationPlan, migrateDatabase, planMigrations } from "../../src/actions/migrate-database.ts";
import { TttCommand } from "../../src/cli/base-command.ts";
import { reasonFlag, reasonOf } from "../../src/cli/kill-reason.ts";
import { openMigrations } from "../../src/cli/open-migrations.ts";
import { planLines } from "../../src/cli/present/migrations.ts";
import { dryRunFlag, timeoutFlag } from "../../src/cli/wait-flags.ts";

export default class DbMigrate extends TttCommand<{ readonly applied: readonly string[] } | MigrationPlan> {
  static override readonly summary = "Bring the database to this build";
  static override readonly description =
    "All pending migrations in one transaction, or none, under a lock: a second one waits, and finds nothing left to do. What drops, renames, retypes or empties is refused (18) while another build runs: a worker of any host, or a service of this stack. It happens by itself at ttt up, under the same rules.";
  static override readonly examples = [
    "<%= config.bin %> db migrate --dry-run",
    "<%= config.bin %> db migrate --timeout 300 --json",
    "<%= config.bin %> db migrate --force --reason 'the last worker of the old build is being replaced'",
  ];
  static override readonly effect = "mutate";
  static override readonly flags = {
    wait: Flags.boolean({ default: true, allowNo: true, description: "wait for another one that migrates" }),
    ...timeoutFlag,
    ...dryRunFlag,
    force: Flags.boolean({ default: false, description: "even where an older version runs; needs --reason" }),
    reason: reasonFlag("why it is forced, for the journal"),
  };

  async run() {
    const { flags } = await this.parse(DbMigrate);
    const { force, wait, timeout } = flags;
    if (force) reasonOf(flags.reason, "ttt db migrate --force --reason '...'");
    const desk = await openMigrations();
    if (flags["dry-run"]) {
      const plan = await planMigrations(desk);
      for (const line of planLines(plan, { sql: false })) this.log(line);
      return plan;
    }
    const done = await migrateDatabase(desk, { waitMs: wait ? timeout * 1000 : 0, force });
    for (const name of done.applied) this.log(`applied ${name}`);
    if (done.applied.length === 0) this.log("Nothing was pending.");
    return done;
  }
}
