import type {
  HeldLimits,
  LimitRequest,
  LimitStore,
  LimitTurn,
  LimitTurnDone,
  LimitVersion,
} from "../../ports/limit-store.ts";
import type { LimitChange } from "../../trading/risk/limit-change.ts";
import type { LimitRow, LimitSet } from "../../trading/risk/limits.ts";
import type { SoftOverride } from "../../trading/risk/soft-override.ts";
import type { Postgres, Sql } from "./postgres.ts";

/** Notices that a version or an override was written. */
const CHANNEL = "ttt_risk_limit";

interface SetRow {
  readonly version: number;
  readonly rows: readonly LimitRow[];
}

interface RequestRow {
  readonly id: number;
  readonly change: LimitChange;
  readonly requested_at: number;
  readonly version: number | null;
}

const NEWEST = "SELECT version, rows FROM risk_limit_set ORDER BY version DESC LIMIT 1";
/** An override is used up by the order it let pass. */
const NEWEST_WITH_OVERRIDES = `
  SELECT version, rows, (
    SELECT coalesce(jsonb_agg(jsonb_build_object('order', order_id, 'code', code, 'breach', breach)
                              ORDER BY order_id, code), '[]')
    FROM risk_override o WHERE expires_at > clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM order_intent i WHERE i.client_order_id = o.order_id)) AS overrides
  FROM risk_limit_set ORDER BY version DESC LIMIT 1`;
const REQUEST = `SELECT id, change, (extract(epoch FROM requested_at) * 1000)::float8 AS requested_at, version
  FROM risk_limit_request`;
const MOMENT = "SELECT epoch, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS wall FROM trading_epoch";

/** Limits in PostgreSQL: every version whole, none ever changed, each with its row in the journal. */
export class PostgresLimitStore implements LimitStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async read(): Promise<LimitSet | undefined> {
    const [row] = await this.#postgres.query<SetRow & { overrides: readonly SoftOverride[] }>(NEWEST_WITH_OVERRIDES);
    return row;
  }

  async override(
    command: Command,
    { order, code, breach, reason, lastsMs }: SoftOverride & { readonly reason: string; readonly lastsMs: number },
  ): Promise<{ readonly expires: number }> {
    return this.#postgres.transaction(async (sql) => {
      await sql.query("SELECT set_config('synchronous_commit', 'on', true)");
      const [row] = await sql.query<{ expires: number }>(
        `INSERT INTO risk_override AS o (order_id, code, breach, reason, actor, expires_at)
         VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond')
         ON CONFLICT (order_id, code) DO UPDATE SET breach = excluded.breach, reason = excluded.reason,
           actor = excluded.actor, at = excluded.at, expires_at = excluded.expires_at
         RETURNING (extract(epoch FROM expires_at) * 1000)::float8 AS expires`,
        [order, code, breach, reason, command.actor, lastsMs],
      );
      await journal(sql, command, "risk-limit.overridden", { order, code, breach, reason, expires: row!.expires });
      await sql.query("SELECT pg_notify($1, $2)", [CHANNEL, order]);
      return row!;
    });
  }

  async moment(): Promise<{ readonly epoch: number; readonly wall: number }> {
    const [row] = await this.#postgres.query<{ epoch: number; wall: number }>(MOMENT);
    return row!;
  }

  async versions(limit: number): Promise<readonly LimitVersion[]> {
    return this.#postgres.query<LimitVersion>(
      `SELECT version, change, epoch, actor, (extract(epoch FROM at) * 1000)::float8 AS at
       FROM risk_limit_set ORDER BY version DESC LIMIT $1`,
      [limit],
    );
  }

  async waiting(): Promise<readonly LimitRequest[]> {
    const rows = await this.#postgres.query<RequestRow>(`${REQUEST} WHERE version IS NULL ORDER BY id`);
    return rows.map(requestOf);
  }

  async change(
    command: { readonly actor: string; readonly origin: string; readonly commandId: string },
    request: number | undefined,
    decide: (held: HeldLimits) => LimitTurn,
  ): Promise<LimitTurnDone> {
    return this.#postgres.transaction(async (sql) => {
      // A limit that was confirmed must survive a crash of the server.
      await sql.query("SELECT set_config('synchronous_commit', 'on', true)");
      // The epoch's row is the turnstile: changes of levels and of limits pass it one by one.
      const [moment] = await sql.query<{ epoch: number; wall: number }>(`${MOMENT} FOR UPDATE`);
      const { epoch, wall } = moment!;
      const asked = request === undefined ? undefined : await requestBy(sql, request);
      const turn = decide({ set: await newest(sql), epoch, wall, request: asked });
      return turn.kind === "ask" ? ask(sql, turn, command, epoch) : write(sql, turn, command, { epoch, request });
    });
  }

  onChange(listener: () => void) {
    return this.#postgres.listen(CHANNEL, listener, listener);
  }
}

interface Command {
  readonly actor: string;
  readonly origin: string;
  readonly commandId: string;
}

async function ask(
  sql: Sql,
  { change, entry }: Extract<LimitTurn, { kind: "ask" }>,
  command: Command,
  epoch: number,
): Promise<LimitTurnDone> {
  const [row] = await sql.query<{ id: number }>(
    "INSERT INTO risk_limit_request (change, requested_by) VALUES ($1, $2) RETURNING id",
    [JSON.stringify(change), change.requestedBy],
  );
  await journal(sql, command, entry.kind, { ...Object(entry.body), request: row!.id });
  return { version: undefined, request: row!.id, epoch };
}

async function write(
  sql: Sql,
  { set, change, countsEpoch, entry }: Extract<LimitTurn, { kind: "write" }>,
  command: Command,
  held: { readonly epoch: number; readonly request: number | undefined },
): Promise<LimitTurnDone> {
  const [counted] = countsEpoch
    ? await sql.query<{ epoch: number }>("UPDATE trading_epoch SET epoch = epoch + 1 RETURNING epoch")
    : [{ epoch: held.epoch }];
  const { epoch } = counted!;
  await sql.query(
    "INSERT INTO risk_limit_set (version, rows, change, epoch, actor) VALUES ($1, $2::jsonb, $3::jsonb, $4, $5)",
    [set.version, JSON.stringify(set.rows), JSON.stringify(change), epoch, command.actor],
  );
  if (held.request !== undefined) {
    await sql.query(
      "UPDATE risk_limit_request SET approved_by = $2, approved_at = clock_timestamp(), version = $3 WHERE id = $1",
      [held.request, command.actor, set.version],
    );
  }
  await journal(sql, command, entry.kind, { ...Object(entry.body), version: set.version, epoch });
  await sql.query("SELECT pg_notify($1, $2)", [CHANNEL, String(set.version)]);
  return { version: set.version, request: held.request, epoch };
}

async function newest(sql: Sql): Promise<LimitSet | undefined> {
  const [row] = await sql.query<SetRow>(NEWEST);
  return row;
}

async function requestBy(sql: Sql, id: number): Promise<LimitRequest | undefined> {
  const [row] = await sql.query<RequestRow>(`${REQUEST} WHERE id = $1 FOR UPDATE`, [id]);
  return row === undefined ? undefined : requestOf(row);
}

async function journal(sql: Sql, { actor, origin, commandId }: Command, kind: string, body: unknown): Promise<void> {
  await sql.query("SELECT journal_append($1, $2, $3, $4, $5)", [kind, actor, origin, commandId, JSON.stringify(body)]);
}

const requestOf = (row: RequestRow): LimitRequest => ({
  id: row.id,
  change: row.change,
  requestedAt: row.requested_at,
  version: row.version ?? undefined,
});
