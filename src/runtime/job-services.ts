import type { Postgres } from "../adapters/postgres/postgres.ts";
import { postgresBarVault } from "../adapters/postgres/postgres-bar-vault.ts";
import { postgresEventLog } from "../adapters/postgres/postgres-event-log.ts";
import { openPostgresJobQueue } from "../adapters/postgres/postgres-job-queue.ts";
import { postgresJobStore } from "../adapters/postgres/postgres-job-store.ts";
import { askForTables } from "../adapters/postgres/postgres-tables.ts";
import type { BarVault } from "../ports/bar-vault.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { Config } from "./config.ts";

/** What API and backtesters share: the jobs, the bars they run on, and what happens to them. */
export interface JobServices {
  readonly jobs: JobStore;
  readonly vault: BarVault;
  readonly events: EventLog;
}

export function jobServices(database: Postgres): JobServices {
  return {
    jobs: postgresJobStore(database),
    vault: postgresBarVault(database),
    events: postgresEventLog(database),
  };
}

const JOB_TABLES = ["job", "job_document", "bars", "bars_part", "flag"];
const API_TABLES = [...JOB_TABLES, "event", "event_outbox", "service_state", "api_token", "api_answer", "incident"];

/** Asks for everything that backtesters need of the database. Throws OutageError. */
export const askForJobs = (database: Postgres): Promise<void> => askForTables(database, JOB_TABLES);

/** Asks for everything that the API needs of the database, beside what each request reads. Throws OutageError. */
export const askForApi = (database: Postgres): Promise<void> => askForTables(database, API_TABLES);

/** The doorbell of the profile: RabbitMQ where it is configured, else the database. */
export async function openJobQueue(config: Config, database: Postgres): Promise<JobQueue> {
  if (config.amqp.url === undefined) return openPostgresJobQueue(database);
  const { openRabbitMqJobQueue } = await import("../adapters/rabbitmq/rabbitmq-job-queue.ts");
  return openRabbitMqJobQueue(config.amqp.url);
}
