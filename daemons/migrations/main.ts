// A job: brings the database to this version and ends.
import { runDaemon } from "../../src/runtime/daemon.ts";
import { runMigrations } from "../../src/runtime/migrations.ts";

await runDaemon("migrations", async (daemon) => {
  const { applied } = await runMigrations(daemon.config);
  daemon.log.info(applied.length === 0 ? "the database is up to date" : "migrated", { applied });
  daemon.stop("done");
});
