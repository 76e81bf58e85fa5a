import type { Mark, MarkStore } from "../../ports/mark-store.ts";
import type { Postgres } from "./postgres.ts";

/** Marks as rows, one an instrument. */
export class PostgresMarkStore implements MarkStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async record(marks: readonly Mark[]): Promise<void> {
    await this.#postgres.execute(
      `INSERT INTO mark (venue, instrument, price, multiplier)
       SELECT venue, instrument, price, multiplier
       FROM jsonb_to_recordset($1::jsonb) AS m (venue text, instrument text, price numeric, multiplier numeric)
       ON CONFLICT (venue, instrument)
       DO UPDATE SET price = excluded.price, multiplier = excluded.multiplier, at = clock_timestamp()`,
      [JSON.stringify(marks)],
    );
  }
}
