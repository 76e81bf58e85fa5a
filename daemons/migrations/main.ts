// A job: brings the database to this version and ends.
import { migrateDatabase } from "../../src/actions/migrate-database.ts";
import { runDaemon } from "../../src/runtime/daemon.ts";
import { openMigrationDesk } from "../../src/runtime/migrations.ts";

/** How long it waits for another host that migrates. */
const WAIT_MS = 30_000;

await runDaemon("migrations", async (daemon) => {
  const { applied } = await migrateDatabase(openMigrationDesk(daemon.config), { waitMs: WAIT_MS });
  daemon.log.info(applied.length === 0 ? "the database is up to date" : "migrated", { applied });
  daemon.stop("done");
});
