import { PostgresJournal } from "../adapters/postgres/postgres-journal.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { Journal } from "../ports/journal.ts";
import { type ApiStores, apiStores } from "./api-stores.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { type JobServices, jobServices, openJobQueue } from "./job-services.ts";

/** What the commands about tokens and jobs work with. Close it when done. */
export async function openStores(
  config: Config,
): Promise<
  ApiStores & JobServices & { readonly journal: Journal; openQueue(): Promise<JobQueue>; close(): Promise<void> }
> {
  const database = await openDatabase(config, { applicationName: "ttt", maxConnections: 2 });
  return {
    ...apiStores(database),
    ...jobServices(database),
    journal: new PostgresJournal(database),
    openQueue: () => openJobQueue(config, database),
    close: () => database.close(),
  };
}
