import { readIfExists } from "../adapters/files/state-files.ts";
import { openIntentLane } from "../adapters/postgres/intent-lane.ts";
import { openPostgres, type Postgres, type PostgresOptions } from "../adapters/postgres/postgres.ts";
import { programName } from "../adapters/postgres/postgres-migration-record.ts";
import { OperatorError } from "../core/errors.ts";
import type { Config } from "./config.ts";
import { registerSecret } from "./redaction.ts";

/** The secret that holds the embedded server's password. */
export const DATABASE_SECRET = "postgres.password";
/** Part of the socket's file name only: the embedded server opens no port. */
export const DATABASE_PORT = 5432;
export const DATABASE_USER = "ttt";

/**
 * Where the stack's PostgreSQL is: configured, or the embedded one's socket in the state directory. Throws
 * notRunning when the embedded one was never set up.
 */
export function databaseUrl(config: Config): string {
  if (config.database.url !== undefined) return config.database.url;
  const password = readIfExists(config.paths.secret(DATABASE_SECRET))?.trim();
  if (!password) {
    throw new OperatorError("There is no database yet: the stack was never started here.", {
      exit: "notRunning",
      code: "DATABASE_ABSENT",
      found: `no embedded database in ${config.paths.home}`,
      hint: "ttt up",
    });
  }
  registerSecret(password);
  const url = new URL(`postgresql://${DATABASE_USER}@localhost:${DATABASE_PORT}/postgres`);
  url.password = password;
  url.searchParams.set("host", config.paths.postgresSocket);
  return url.href;
}

/** The stack's database for a daemon: its connections tell which build it runs. */
export const openDaemonDatabase = (
  config: Config,
  { instance, buildHash }: { readonly instance: string; readonly buildHash: string },
): Promise<Postgres> => openDatabase(config, { applicationName: programName(instance, buildHash) });

/** Opens the stack's database. Closing it is the caller's: `daemon.open("database", openDatabase(daemon.config))`. */
export async function openDatabase(config: Config, options?: PostgresOptions): Promise<Postgres> {
  return openPostgres(databaseUrl(config), options);
}

/** Connections to it that carry nothing but commits of intents. Closing them is the caller's. */
export async function openOrderLane(config: Config, options?: PostgresOptions): Promise<Postgres> {
  return openIntentLane(databaseUrl(config), options);
}
