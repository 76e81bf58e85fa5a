import type { LevelArm, LevelChanged } from "../../ports/kill-store.ts";
import type { ArmAsk, LevelNote, LevelRecord } from "../../ports/level-record.ts";
import { partitionId } from "../../trading/lease.ts";
import { parseLevel } from "../../trading/level.ts";
import { parseScope } from "../../trading/scope.ts";
import type { Postgres } from "./postgres.ts";

interface AskRow {
  readonly id: number;
  readonly scope: string;
  readonly since: number;
  readonly reason: string;
  readonly requested_by: string;
  readonly requested_at: number;
  readonly armed_epoch: number | null;
}

const MS = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;
const ASK = `SELECT id, scope, since, reason, requested_by, ${MS("requested_at")} AS requested_at, armed_epoch
  FROM arm_request`;
const JOURNAL = "SELECT journal_append($1, $2, $3, $4, $5)";

/** Who set which level and why, and the arms that wait for a second person. */
export class PostgresLevelRecord implements LevelRecord {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async notes(): Promise<readonly LevelNote[]> {
    const rows = await this.#postgres.query<Omit<LevelNote, "level" | "scope"> & { level: string; scope: string }>(
      `SELECT l.scope, l.level, l.epoch, coalesce(c.command_id, '') AS "commandId", l.actor, l.reason, ${MS("l.changed_at")} AS at
       FROM trading_level l LEFT JOIN trading_level_command c ON c.epoch = l.epoch ORDER BY l.scope`,
    );
    return rows.map((row) => ({ ...row, scope: parseScope(row.scope) ?? "global", level: parseLevel(row.level) }));
  }

  async ask({ scope, reason, actor, origin, commandId }: Omit<LevelArm, "expectedEpoch">, since: number) {
    return this.#postgres.transaction(async (sql) => {
      const [row] = await sql.query<{ id: number }>(
        "INSERT INTO arm_request (scope, since, reason, requested_by) VALUES ($1, $2, $3, $4) RETURNING id",
        [scope, since, reason, actor],
      );
      const body = JSON.stringify({ scope, reason, request: row!.id, since });
      await sql.query(JOURNAL, ["trading-level.arm-requested", actor, origin, commandId, body]);
      const [ask] = await sql.query<AskRow>(`${ASK} WHERE id = $1`, [row!.id]);
      return askOf(ask!);
    });
  }

  async asked(id: number): Promise<ArmAsk | undefined> {
    const [row] = await this.#postgres.query<AskRow>(`${ASK} WHERE id = $1`, [id]);
    return row && askOf(row);
  }

  async waiting(): Promise<{ readonly asks: readonly ArmAsk[]; readonly wall: number }> {
    const rows = await this.#postgres.query<AskRow>(`${ASK} WHERE armed_epoch IS NULL ORDER BY id`);
    const [clock] = await this.#postgres.query<{ wall: number }>(`SELECT ${MS("clock_timestamp()")} AS wall`);
    return { asks: rows.map(askOf), wall: clock!.wall };
  }

  async approve(arm: LevelArm, ask: ArmAsk): Promise<LevelChanged | undefined> {
    const { scope, expectedEpoch, reason, actor, origin, commandId } = arm;
    return this.#postgres.transaction(async (sql) => {
      const [held] = await sql.query<AskRow>(`${ASK} WHERE id = $1 FOR UPDATE`, [ask.id]);
      if (held === undefined || held.armed_epoch !== null) return undefined;
      const [changed] = await sql.query<LevelChanged>(
        "SELECT scope, level, epoch, changed FROM trading_level_arm($1, $2, $3, $4, $5, $6)",
        [scope, expectedEpoch, reason, actor, origin, commandId],
      );
      if (changed === undefined) return undefined;
      await sql.execute(
        "UPDATE arm_request SET approved_by = $2, approved_at = clock_timestamp(), armed_epoch = $3 WHERE id = $1",
        [ask.id, actor, changed.epoch],
      );
      const { requestedBy } = ask;
      const body = JSON.stringify({ scope, request: ask.id, requestedBy, approvedBy: actor, epoch: changed.epoch });
      await sql.query(JOURNAL, ["trading-level.arm-approved", actor, origin, commandId, body]);
      return changed;
    });
  }

  async abandoned() {
    const rows = await this.#postgres.query<{ partition: string; orders: number }>(
      `SELECT o.partition, count(*)::int AS orders FROM order_intent o LEFT JOIN lease l ON l.partition = o.partition
       WHERE o.state IN ('initialized', 'submitted', 'pending-cancel', 'unresolved')
         AND coalesce(l.expires_at < clock_timestamp(), true)
       GROUP BY o.partition ORDER BY o.partition`,
    );
    return rows.map(({ partition, orders }) => ({ partition: partitionId(partition), orders }));
  }
}

const askOf = (row: AskRow): ArmAsk => ({
  id: row.id,
  scope: parseScope(row.scope) ?? "global",
  since: row.since,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at,
  armedEpoch: row.armed_epoch ?? undefined,
});
