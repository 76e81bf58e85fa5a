import { existsSync } from "node:fs";
import { join } from "node:path";
import { type MigrationReport, migrate } from "../adapters/postgres/migrate.ts";
import type { Config } from "./config.ts";
import { databaseUrl } from "./database.ts";
import { packageRoot } from "./package-root.ts";

/** Brings the stack's database to this version. Safe to run twice, and from two hosts at once. */
export async function runMigrations(config: Config, options: { dryRun?: boolean } = {}): Promise<MigrationReport> {
  return migrate(databaseUrl(config), migrationsFolder(), options);
}

export function migrationsFolder(): string {
  const bundled = join(packageRoot(), "dist", "migrations");
  const fromSource = import.meta.filename.endsWith(".ts");
  return !fromSource && existsSync(bundled) ? bundled : join(packageRoot(), "src/adapters/postgres/migrations");
}
