import { loadConfig } from "../runtime/config.ts";
import { openMigrationDesk } from "../runtime/migrations.ts";

/** The migrations of the configured stack, for a command. */
export async function openMigrations() {
  return openMigrationDesk(await loadConfig());
}
