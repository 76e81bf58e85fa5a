import { hostname } from "node:os";
import type { Postgres } from "../adapters/postgres/postgres.ts";
import { postgresServiceRecord } from "../adapters/postgres/postgres-service-record.ts";
import type { ServiceRecord } from "../ports/service-record.ts";
import type { Config } from "./config.ts";

/** Where it is written how this stack's services are, and the name of the stack there: its host and state directory. */
export function serviceRecording(config: Config, database: Postgres): { record: ServiceRecord; name: string } {
  return { record: postgresServiceRecord(database), name: `${hostname()}:${config.paths.home}` };
}
