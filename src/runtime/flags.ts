import type { Postgres } from "../adapters/postgres/postgres.ts";
import { PostgresFlagStore } from "../adapters/postgres/postgres-flag-store.ts";
import type { FlagStore } from "../ports/flag-store.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";

/** The flags over a database that stays the caller's. */
export const flagStore = (postgres: Postgres): FlagStore => new PostgresFlagStore(postgres);

/** The flags with a connection of their own. */
export async function openFlags(config: Config) {
  const postgres = await openDatabase(config, { applicationName: "ttt flag", maxConnections: 1 });
  return { flags: flagStore(postgres), close: () => postgres.close() };
}
