import type { TradingCount, TradingRecord } from "../../ports/trading-record.ts";
import type { Postgres } from "./postgres.ts";

export class PostgresTradingRecord implements TradingRecord {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async count(): Promise<TradingCount> {
    const [row] = await this.#postgres.query<TradingCount>(`
      SELECT (SELECT count(*) FROM order_intent) AS orders,
             (SELECT count(*) FROM fill) AS fills,
             (SELECT count(*) FROM position WHERE quantity <> 0) AS positions`);
    return row ?? { orders: 0, fills: 0, positions: 0 };
  }

  async ordersSince(epoch: number): Promise<number> {
    const rows = await this.#postgres.query<{ n: number }>("SELECT count(*) AS n FROM order_intent WHERE epoch >= $1", [
      epoch,
    ]);
    return rows[0]?.n ?? 0;
  }

  close(): Promise<void> {
    return this.#postgres.close();
  }
}
