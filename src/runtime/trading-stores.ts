import { FileJournalMarks } from "../adapters/files/file-journal-marks.ts";
import type { Postgres } from "../adapters/postgres/postgres.ts";
import { PostgresJournal } from "../adapters/postgres/postgres-journal.ts";
import { PostgresKillAuthority } from "../adapters/postgres/postgres-kill-authority.ts";
import { PostgresLeaseStore } from "../adapters/postgres/postgres-lease-store.ts";
import { PostgresLevelRecord } from "../adapters/postgres/postgres-level-record.ts";
import { PostgresLimitStore } from "../adapters/postgres/postgres-limit-store.ts";
import { PostgresMarkStore } from "../adapters/postgres/postgres-mark-store.ts";
import { PostgresOrderStore } from "../adapters/postgres/postgres-order-store.ts";
import { PostgresWorkerRegistry } from "../adapters/postgres/postgres-worker-registry.ts";
import { ProcessKillLatch } from "../adapters/process/process-kill-latch.ts";
import { RedisKillCopy } from "../adapters/redis/redis-kill-copy.ts";
import type { Clock } from "../core/clock.ts";
import type { KillCopy } from "../ports/kill-store.ts";
import type { Instrument, InstrumentId } from "../trading/instrument.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { openFileKillLatch } from "./kill-folder.ts";

/** What trading keeps in PostgreSQL, over pools that stay the caller's: of who trades also a lane for intents. */
export function openTradingStores(postgres: Postgres, clock: Clock, lane = postgres) {
  return {
    authority: new PostgresKillAuthority(postgres, clock),
    leases: new PostgresLeaseStore(postgres),
    registry: new PostgresWorkerRegistry(postgres),
    journal: new PostgresJournal(postgres),
    record: new PostgresLevelRecord(postgres),
    limits: new PostgresLimitStore(postgres),
    marks: new PostgresMarkStore(postgres),
    orders: (worker: string, instruments: ReadonlyMap<InstrumentId, Instrument>) =>
      new PostgresOrderStore(postgres, { worker, instruments, lane }),
  };
}

/** The places beside the authority that every process of the stack can reach. */
export function openKillCopies(config: Config): KillCopy[] {
  const redis = config.redis.url === undefined ? [] : [new RedisKillCopy(config.redis.url)];
  return [...redis, openFileKillLatch(config)];
}

/** Everything beside the authority that can kill: a copy in Redis where there is one, the files, this process. */
export function openKillPlaces(config: Config) {
  const process = new ProcessKillLatch();
  return { process, copies: [...openKillCopies(config), process] };
}

/** The operations journal by itself, over a connection of its own. */
export async function openJournal(config: Config) {
  const postgres = await openDatabase(config, { applicationName: "ttt audit", maxConnections: 1 });
  const marks = new FileJournalMarks(config.paths.journalMark);
  return { journal: new PostgresJournal(postgres), marks, close: () => postgres.close() };
}
