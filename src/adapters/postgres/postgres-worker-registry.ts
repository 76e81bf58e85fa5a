import type { RegisteredWorker, WorkerAck, WorkerRegistry } from "../../ports/worker-registry.ts";
import { parseLevel } from "../../trading/level.ts";
import type { Postgres } from "./postgres.ts";

const CHANNEL = "ttt_worker_ack";

interface Row {
  readonly worker: string;
  readonly epoch: number;
  readonly level: string;
  readonly last_sent: number;
  readonly partitions: string[];
  readonly build_hash: string;
  readonly config_hash: string;
  readonly unresolved: number;
  readonly acked_at: Date;
  readonly remaining_ms: number;
  readonly age_ms: number;
  readonly certificate_age_ms: number | null;
  readonly orders_open: number;
  readonly orders_covered: number;
  readonly covered_within_ms: number | null;
}

/** Workers' confirmations as rows, one a worker, each told to whoever waits for it. */
export class PostgresWorkerRegistry implements WorkerRegistry {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async acknowledge(ack: WorkerAck, permitMs: number): Promise<void> {
    await this.#postgres.query(
      `WITH kept AS (
         INSERT INTO worker_ack AS w (worker, epoch, level, last_sent, partitions, build_hash, config_hash, unresolved,
                                      certificate_age_ms, orders_open, orders_covered, covered_within_ms, acked_at,
                                      permit_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $10, $11, $12, $13, clock_timestamp(), clock_timestamp() + $9 * interval '1 ms')
         ON CONFLICT (worker) DO UPDATE SET
           epoch = greatest(w.epoch, excluded.epoch),
           level = CASE WHEN excluded.epoch >= w.epoch THEN excluded.level ELSE w.level END,
           last_sent = excluded.last_sent, partitions = excluded.partitions, build_hash = excluded.build_hash,
           config_hash = excluded.config_hash, unresolved = excluded.unresolved,
           certificate_age_ms = excluded.certificate_age_ms, orders_open = excluded.orders_open,
           orders_covered = excluded.orders_covered, covered_within_ms = excluded.covered_within_ms, acked_at = excluded.acked_at,
           permit_until = greatest(w.permit_until, excluded.permit_until))
       SELECT pg_notify('${CHANNEL}', $1)`,
      [
        ack.worker,
        ack.epoch,
        ack.level,
        ack.lastSent,
        ack.partitions,
        ack.buildHash,
        ack.configHash,
        ack.unresolved,
        permitMs,
        ack.certificateAgeMs ?? null,
        ack.atVenue?.open ?? 0,
        ack.atVenue?.covered ?? 0,
        ack.atVenue?.withinMs ?? null,
      ],
    );
  }

  async leave(worker: string): Promise<void> {
    await this.#postgres.execute("DELETE FROM worker_ack WHERE worker = $1", [worker]);
  }

  async list(): Promise<readonly RegisteredWorker[]> {
    const rows = await this.#postgres.query<Row>(
      `SELECT *, (extract(epoch FROM permit_until - clock_timestamp()) * 1000)::float8 AS remaining_ms,
         (extract(epoch FROM clock_timestamp() - acked_at) * 1000)::float8 AS age_ms,
         certificate_age_ms + extract(epoch FROM clock_timestamp() - acked_at) * 1000 AS certificate_age_ms,
         greatest(0, covered_within_ms - extract(epoch FROM clock_timestamp() - acked_at) * 1000)::float8
           AS covered_within_ms
       FROM worker_ack ORDER BY worker`,
    );
    return rows.map((row) => ({
      worker: row.worker,
      epoch: row.epoch,
      level: parseLevel(row.level),
      lastSent: row.last_sent,
      partitions: row.partitions,
      buildHash: row.build_hash,
      configHash: row.config_hash,
      unresolved: row.unresolved,
      ackedAt: row.acked_at.getTime(),
      ageMs: row.age_ms,
      certificateAgeMs: row.certificate_age_ms === null ? undefined : Number(row.certificate_age_ms),
      atVenue: {
        open: row.orders_open,
        covered: row.orders_covered,
        withinMs: row.covered_within_ms ?? undefined,
      },
      permitRemainingMs: row.remaining_ms,
    }));
  }

  onAck(listener: () => void) {
    return this.#postgres.listen(CHANNEL, listener, listener);
  }

  /** The connection is whose who opened it. */
  close(): void {}
}
