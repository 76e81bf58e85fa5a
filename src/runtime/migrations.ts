import { existsSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "../adapters/postgres/migrate.ts";
import { readMigrationFiles } from "../adapters/postgres/migration-files.ts";
import { openPostgres, type Postgres } from "../adapters/postgres/postgres.ts";
import { appliedMigrations, daemonsConnected, workersAtWork } from "../adapters/postgres/postgres-migration-record.ts";
import { OperatorError } from "../core/errors.ts";
import type { DatabaseUser, MigrationDesk } from "../ports/migration-desk.ts";
import { buildHash } from "./build-hash.ts";
import type { Config } from "./config.ts";
import { databaseUrl } from "./database.ts";
import { packageRoot } from "./package-root.ts";
import { openStackControl } from "./stack-control.ts";

/** Services that read no table of ours, whatever their build. */
const NO_USERS: ReadonlySet<string> = new Set(["postgres", "migrations"]);

/** The migrations of this build and the configured stack's database. Nothing is opened until it is asked. */
export function openMigrationDesk(config: Config, folder: string = migrationsFolder()): MigrationDesk {
  const look = async <T>(at: (postgres: Postgres) => Promise<T>): Promise<T> => {
    const postgres = await openPostgres(databaseUrl(config), { applicationName: "ttt db", maxConnections: 1 });
    try {
      return await at(postgres);
    } finally {
      await postgres.close();
    }
  };
  return {
    build: buildHash(),
    brought: readMigrationFiles(folder),
    applied: () => look(appliedMigrations),
    users: async () => merged(await look(workersAtWork), await look(daemonsConnected), await servicesHere(config)),
    run: (options) => migrate(databaseUrl(config), folder, options),
  };
}

/** What runs of this host's stack. A stack without its supervisor is one whose builds nobody can tell. */
async function servicesHere(config: Config): Promise<readonly DatabaseUser[]> {
  const stack = openStackControl(config);
  try {
    const { instances } = await stack.snapshot();
    return instances.flatMap(({ instance, pid, buildHash: build }) =>
      pid === null || build === null ? [] : [{ name: instance, build }],
    );
  } catch (error) {
    if (!(error instanceof OperatorError) || error.details.exit !== "notRunning") throw error;
    const left = stack.processes().filter(({ instance }) => !NO_USERS.has(instance));
    return left.map(({ instance }) => ({ name: instance, build: null }));
  }
}

/** A worker of this host is seen twice: the second one adds nothing. */
function merged(...seen: readonly (readonly DatabaseUser[])[]): readonly DatabaseUser[] {
  return [...new Map(seen.flat().map((user) => [`${user.name} ${user.build}`, user])).values()];
}

export function migrationsFolder(): string {
  const bundled = join(packageRoot(), "dist", "migrations");
  const fromSource = import.meta.filename.endsWith(".ts");
  return !fromSource && existsSync(bundled) ? bundled : join(packageRoot(), "src/adapters/postgres/migrations");
}
