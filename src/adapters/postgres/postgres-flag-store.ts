import type { SetFlag } from "../../ops/flag.ts";
import type { FlagStore, FlagWrite } from "../../ports/flag-store.ts";
import type { Postgres } from "./postgres.ts";

const CHANNEL = "ttt_flag";
const FLAG = `SELECT name, value, reason, actor, (extract(epoch FROM set_at) * 1000)::float8 AS "setAt",
  (extract(epoch FROM expires_at) * 1000)::float8 AS "expiresAt" FROM flag`;

interface Row extends Omit<SetFlag, "expiresAt"> {
  readonly expiresAt: number | null;
}

export class PostgresFlagStore implements FlagStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async read(): Promise<readonly SetFlag[]> {
    return (await this.#postgres.query<Row>(`${FLAG} ORDER BY name`)).map(toFlag);
  }

  async write(
    { actor, origin, commandId }: Parameters<FlagStore["write"]>[0],
    { name, to, reason, entry }: FlagWrite,
  ): Promise<void> {
    await this.#postgres.transaction(async (sql) => {
      await sql.query("SELECT pg_advisory_xact_lock(hashtextextended('ttt.flag', 0))");
      const [before] = await sql.query<Row>(`${FLAG} WHERE name = $1`, [name]);
      const { kind, body } = entry(before && toFlag(before));
      if (to === undefined) await sql.query("DELETE FROM flag WHERE name = $1", [name]);
      else {
        await sql.query(
          `INSERT INTO flag (name, value, reason, actor, expires_at)
           VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))
           ON CONFLICT (name) DO UPDATE SET value = excluded.value, reason = excluded.reason, actor = excluded.actor,
             set_at = excluded.set_at, expires_at = excluded.expires_at`,
          [name, JSON.stringify(to.value), reason, actor, to.expiresAt ?? null],
        );
      }
      const told = [kind, actor, origin, commandId].map((text) => text.replaceAll(/\s+/g, " "));
      await sql.query("SELECT journal_append($1, $2, $3, $4, $5)", [...told, JSON.stringify(body)]);
    });
  }

  onChange(listener: () => void) {
    return this.#postgres.listen(CHANNEL, listener, listener);
  }
}

function toFlag({ expiresAt, ...row }: Row): SetFlag {
  return { ...row, expiresAt: expiresAt ?? undefined };
}
