import { createHash } from "node:crypto";
import type { JournalCheck, JournalEntry, JournalMark, JournalRow, TimelineJournal } from "../../ports/journal.ts";
import type { Postgres } from "./postgres.ts";

interface Row {
  readonly seq: number;
  readonly micros: string;
  readonly at: string;
  readonly kind: string;
  readonly actor: string;
  readonly origin: string;
  readonly command_id: string;
  readonly body: string;
  readonly previous_hash: string;
  readonly hash: string;
}

const COLUMNS = `seq, (extract(epoch FROM at) * 1000000)::bigint::text AS micros,
  to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, kind, actor, origin, command_id, body,
  encode(previous_hash, 'hex') AS previous_hash, encode(hash, 'hex') AS hash`;
/** Rows that are verified in one round trip. */
const PAGE = 1_000;
/** An incident that machines report on for weeks must not fill the memory. */
const MOST_OF_INCIDENT = 5_000;

/** The journal in PostgreSQL. The server chains the rows; the check here recomputes every hash by itself. */
export class PostgresJournal implements TimelineJournal {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  append(entry: JournalEntry): Promise<number> {
    return this.#append("journal_append", entry);
  }

  appendOnce(entry: JournalEntry): Promise<number> {
    return this.#append("journal_append_once", entry);
  }

  async #append(
    how: "journal_append" | "journal_append_once",
    { kind, actor, origin, commandId, body }: JournalEntry,
  ): Promise<number> {
    const [row] = await this.#postgres.query<{ seq: number }>(`SELECT ${how}($1, $2, $3, $4, $5) AS seq`, [
      kind,
      oneLine(actor),
      oneLine(origin),
      oneLine(commandId),
      JSON.stringify(body),
    ]);
    return row!.seq;
  }

  async list({ kind = "", except, limit }: Parameters<TimelineJournal["list"]>[0]): Promise<readonly JournalRow[]> {
    const rows = await this.#postgres.query<Row>(
      `SELECT ${COLUMNS} FROM journal
       WHERE kind LIKE $1 || '%' AND ($2::text IS NULL OR kind NOT LIKE $2 || '%') ORDER BY seq DESC LIMIT $3`,
      [kind, except ?? null, limit],
    );
    return rows.map(entryOf);
  }

  async between(from: number, to: number, limit: number): Promise<readonly JournalRow[]> {
    const rows = await this.#postgres.query<Row>(
      `SELECT ${COLUMNS} FROM journal
       WHERE at >= to_timestamp($1::float8 / 1000) AND at <= to_timestamp($2::float8 / 1000) ORDER BY seq LIMIT $3`,
      [from, to, limit],
    );
    return rows.map(entryOf);
  }

  async ofIncident(incident: string): Promise<readonly JournalRow[]> {
    const rows = await this.#postgres.query<Row>(
      `SELECT ${COLUMNS} FROM journal
       WHERE kind LIKE 'incident.%' AND ((body::jsonb) ->> 'incident') = $1 ORDER BY seq LIMIT ${MOST_OF_INCIDENT}`,
      [incident],
    );
    return rows.map(entryOf);
  }

  async verify(mark?: JournalMark): Promise<JournalCheck> {
    // Before the rows: what is appended meanwhile lies beyond it.
    const [own] = await this.#postgres.query<{ seq: number; hash: string }>(
      "SELECT seq, encode(hash, 'hex') AS hash FROM journal_head",
    );
    let [first, head] = ["", ""];
    let rows = 0;
    const broken = (seq: number, reason: string): JournalCheck => ({ rows, head, first, broken: { seq, reason } });
    const ends = () => [
      ...(own === undefined ? [] : [{ ...own, whose: "the journal's own head" }]),
      ...(mark === undefined || mark.first !== first ? [] : [{ ...mark, whose: "the last verification on this host" }]),
    ];
    for (;;) {
      const page = await this.#postgres.query<Row>(
        `SELECT ${COLUMNS} FROM journal WHERE seq > $1 ORDER BY seq LIMIT ${PAGE}`,
        [rows],
      );
      for (const row of page) {
        const reason = faultOf(row, rows + 1, head);
        if (reason !== undefined) return broken(row.seq, reason);
        rows += 1;
        head = row.hash;
        if (rows === 1) first = head;
        const other = ends().find(({ seq, hash }) => seq === rows && hash !== head);
        if (other !== undefined) return broken(rows, `it is not the row that ${other.whose} saw`);
      }
      if (page.length < PAGE) break;
    }
    if (own === undefined)
      return broken(rows + 1, "the journal's own head is missing, and with it the proof of its end");
    const beyond = ends().find(({ seq }) => seq > rows);
    if (beyond === undefined) return { rows, head, first };
    return broken(rows + 1, `it is missing, with all that follow: ${beyond.whose} saw ${beyond.seq} rows`);
  }

  /** The connection is whose who opened it. */
  close(): void {}
}

function entryOf(row: Row): JournalRow {
  const { seq, at, kind, actor, origin, hash } = row;
  return { seq, at, kind, actor, origin, commandId: row.command_id, body: JSON.parse(row.body), hash };
}

function faultOf(row: Row, expectedSeq: number, previous: string): string | undefined {
  if (row.seq !== expectedSeq) return `row ${expectedSeq} is missing`;
  if (row.previous_hash !== previous) return "it does not continue the row before it";
  const { micros, kind, actor, origin, command_id, body } = row;
  const text = [previous, row.seq, micros, kind, actor, origin, command_id, body].join("\n");
  const hash = createHash("sha256").update(text).digest("hex");
  return hash === row.hash ? undefined : "its content was changed after it was written";
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");
