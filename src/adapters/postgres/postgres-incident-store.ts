import type { Incident } from "../../ops/incident/incident.ts";
import { applyIncidentEvent, type Happened } from "../../ops/incident/incident-event.ts";
import type { QueuedNotice } from "../../ops/incident/notice.ts";
import type {
  ClaimedNotice,
  IncidentCommand,
  IncidentStore,
  IncidentTurn,
  NoticeOutcome,
} from "../../ports/incident-store.ts";
import type { Postgres, Sql } from "./postgres.ts";

/** Told when notices were queued. */
const CHANNEL = "ttt_incident_notice";
/** More incidents than this never share the last letters that somebody typed. */
const MOST_FOUND = 20;

interface Row {
  readonly body: Incident;
}

interface NoticeRow {
  readonly id: number;
  readonly contact: string;
  readonly notice: ClaimedNotice["notice"];
  readonly unless_acknowledged: boolean;
  readonly attempts: number;
  readonly body: Incident;
}

/** Incidents in PostgreSQL: every event a row of the journal, and its sum beside it, in one transaction. */
export class PostgresIncidentStore implements IncidentStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  turn<T>(work: (turn: IncidentTurn) => Promise<T>): Promise<T> {
    return this.#postgres.transaction(async (sql) => {
      // An incident that somebody was told about must survive a crash of the server.
      await sql.query("SELECT set_config('synchronous_commit', 'on', true)");
      await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('ttt.incident', 0))");
      return work(turnOver(sql));
    });
  }

  async list({ open, limit }: { readonly open: boolean; readonly limit: number }): Promise<readonly Incident[]> {
    const which = open ? "WHERE state <> 'resolved'" : "";
    const rows = await this.#postgres.query<Row>(
      `SELECT body FROM incident ${which} ORDER BY opened_at DESC, id LIMIT $1`,
      [limit],
    );
    return rows.map(({ body }) => body);
  }

  async find(typed: string): Promise<readonly Incident[]> {
    const rows = await this.#postgres.query<Row>(
      `SELECT body FROM incident WHERE id = $1 OR right(id, length($1)) = $1
       ORDER BY opened_at DESC LIMIT ${MOST_FOUND}`,
      [typed],
    );
    return rows.map(({ body }) => body);
  }

  async claimNotices(limit: number, holdMs: number): Promise<readonly ClaimedNotice[]> {
    const rows = await this.#postgres.query<NoticeRow>(
      `WITH due AS (
         SELECT id FROM incident_notice WHERE state = 'waiting' AND due_at <= clock_timestamp()
         ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ), claimed AS (
         UPDATE incident_notice n SET due_at = clock_timestamp() + $2 * interval '1 ms', attempts = attempts + 1
         FROM due WHERE n.id = due.id RETURNING n.*
       )
       SELECT c.id, c.contact, c.notice, c.unless_acknowledged, c.attempts, i.body
       FROM claimed c JOIN incident i ON i.id = c.incident ORDER BY c.id`,
      [limit, holdMs],
    );
    return rows.map(({ unless_acknowledged, body, ...row }) => ({
      ...row,
      incident: body,
      unlessAcknowledged: unless_acknowledged,
    }));
  }

  async countNotices(dueWithinMs: number): Promise<number> {
    const [row] = await this.#postgres.query<{ count: number }>(
      `SELECT count(*) AS count FROM incident_notice
       WHERE state = 'waiting' AND due_at <= clock_timestamp() + $1 * interval '1 ms'`,
      [dueWithinMs],
    );
    return row!.count;
  }

  async settleNotice(id: number, outcome: NoticeOutcome): Promise<void> {
    if (outcome.kind === "again") {
      await this.#postgres.execute(
        `UPDATE incident_notice SET due_at = clock_timestamp() + $2 * interval '1 ms', reason = $3
         WHERE id = $1 AND state = 'waiting'`,
        [id, outcome.afterMs, outcome.reason],
      );
      return;
    }
    await this.#postgres.execute(
      `UPDATE incident_notice SET state = $2, reason = $3, settled_at = clock_timestamp()
       WHERE id = $1 AND state = 'waiting'`,
      [id, outcome.kind, outcome.kind === "failed" ? outcome.reason : null],
    );
  }

  onNotice(listener: () => void) {
    return this.#postgres.listen(CHANNEL, listener, listener);
  }
}

function turnOver(sql: Sql): IncidentTurn {
  const find = async (id: string) => {
    const [row] = await sql.query<Row>("SELECT body FROM incident WHERE id = $1", [id]);
    return row?.body;
  };
  return {
    find,
    async newestOf(keys) {
      const [row] = await sql.query<Row>(
        "SELECT body FROM incident WHERE keys && $1::text[] ORDER BY opened_at DESC, id DESC LIMIT 1",
        [keys],
      );
      return row?.body;
    },
    async isOnRecord(kind, commandId) {
      const rows = await sql.query("SELECT 1 FROM journal WHERE command_id = $1 AND kind = $2 AND $1 <> '' LIMIT 1", [
        commandId,
        kind,
      ]);
      return rows.length > 0;
    },
    async write(event, command) {
      const incident = applyIncidentEvent(await find(event.incident), event);
      const seq = await append(sql, event, command);
      const told = { incident: event.incident, actor: event.actor, occurredAt: event.occurredAt, ...event.body };
      await sql.query("SELECT event_enqueue('incidents', $1, $2)", [event.kind, JSON.stringify(told)]);
      await sql.query(
        `INSERT INTO incident (id, state, opened_at, keys, body, journal_seq)
         VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, keys = excluded.keys, body = excluded.body,
           journal_seq = excluded.journal_seq`,
        [incident.id, incident.state, incident.openedAt, incident.keys, JSON.stringify(incident), seq],
      );
      return incident;
    },
    async queue(notices: readonly QueuedNotice[], incident: string) {
      for (const { contact, notice, dueAt, unlessAcknowledged } of notices) {
        await sql.query(
          `INSERT INTO incident_notice (incident, contact, notice, unless_acknowledged, due_at)
           VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))`,
          [incident, contact, JSON.stringify(notice), unlessAcknowledged, dueAt],
        );
      }
      if (notices.length > 0) await sql.query("SELECT pg_notify($1, $2)", [CHANNEL, incident]);
    },
  };
}

async function append(sql: Sql, event: Happened, { actor, origin, commandId }: IncidentCommand): Promise<number> {
  const { kind, incident, occurredAt, body } = event;
  const [row] = await sql.query<{ seq: number }>("SELECT journal_append($1, $2, $3, $4, $5) AS seq", [
    kind,
    oneLine(actor),
    oneLine(origin),
    oneLine(commandId),
    JSON.stringify({ incident, occurredAt: Math.round(occurredAt), ...body }),
  ]);
  return row!.seq;
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");
