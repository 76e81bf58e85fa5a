import type { GrantedLease, LeaseRow, LeaseStore } from "../../ports/lease-store.ts";
import { type PartitionId, partitionId } from "../../trading/lease.ts";
import type { Postgres } from "./postgres.ts";

interface Row {
  readonly partition: string;
  readonly token: number;
  readonly holder: string;
  readonly drain: boolean;
  readonly remaining_ms: number;
}

/** Leases as rows. The server's clock decides when one has run out; the guard time is the holder's to keep. */
export class PostgresLeaseStore implements LeaseStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async take(partition: PartitionId, holder: string, lifeMs: number): Promise<GrantedLease | undefined> {
    // Whoever asks for what is his is a new life of that holder: he gets it at once, under a new token.
    const [row] = await this.#postgres.query<Row>(
      `INSERT INTO lease AS l (partition, token, holder, acquired_at, renewed_at, expires_at)
       VALUES ($1, 1, $2, clock_timestamp(), clock_timestamp(), clock_timestamp() + $3 * interval '1 ms')
       ON CONFLICT (partition) DO UPDATE SET
         token = l.token + 1, holder = excluded.holder, acquired_at = excluded.acquired_at,
         renewed_at = excluded.renewed_at, expires_at = excluded.expires_at, drain = false
       WHERE l.expires_at < clock_timestamp() OR l.holder = excluded.holder
       RETURNING partition, token, drain`,
      [partition, holder, lifeMs],
    );
    return row && { partition, token: row.token, drain: row.drain };
  }

  async renew(
    partition: PartitionId,
    holder: string,
    token: number,
    lifeMs: number,
  ): Promise<GrantedLease | undefined> {
    // One that has run out is not renewed, even when nobody took it: its holder was away, and must look again.
    const [row] = await this.#postgres.query<Row>(
      `UPDATE lease SET renewed_at = clock_timestamp(), expires_at = clock_timestamp() + $4 * interval '1 ms'
       WHERE partition = $1 AND holder = $2 AND token = $3 AND expires_at >= clock_timestamp()
       RETURNING partition, token, drain`,
      [partition, holder, token, lifeMs],
    );
    return row && { partition, token: row.token, drain: row.drain };
  }

  async release(partition: PartitionId, holder: string, token: number): Promise<void> {
    await this.#postgres.execute(
      "UPDATE lease SET expires_at = '-infinity', drain = false WHERE partition = $1 AND holder = $2 AND token = $3",
      [partition, holder, token],
    );
  }

  async askToDrain(partition: PartitionId): Promise<void> {
    await this.#postgres.execute("UPDATE lease SET drain = true WHERE partition = $1", [partition]);
  }

  async list(): Promise<readonly LeaseRow[]> {
    const rows = await this.#postgres.query<Row>(
      `SELECT partition, token, holder, drain,
         CASE WHEN expires_at = '-infinity' THEN -1
              ELSE (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::float8 END AS remaining_ms
       FROM lease ORDER BY partition`,
    );
    return rows.map(({ remaining_ms, ...row }) => ({
      ...row,
      partition: partitionId(row.partition),
      remainingMs: remaining_ms,
    }));
  }

  /** The connection is whose who opened it. */
  close(): void {}
}
