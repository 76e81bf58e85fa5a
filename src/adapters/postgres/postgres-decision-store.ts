import type { DecisionStore, StoredDecision, StoredIntent } from "../../ports/decision-store.ts";
import type { Postgres } from "./postgres.ts";

const AT = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8 AS at`;

/** A strategy that asks for the same order on every bar leaves this many of its denials to be seen. */
const MOST_DENIALS = 100;

/** Reads what workers wrote down about their decisions. */
export class PostgresDecisionStore implements DecisionStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  async of(order: string) {
    const [intents, denials] = await Promise.all([
      this.#postgres.query<StoredIntent & StoredDecision>(
        `SELECT client_order_id AS "order", partition, worker, strategy, account, venue, instrument, origin, side,
           kind AS type, quantity::float8 AS quantity, limit_price::float8 AS "limitPrice",
           stop_price::float8 AS "stopPrice", reduce_only AS "reduceOnly", state, filled::float8 AS filled, decision,
           ${AT("created_at")}
         FROM order_intent WHERE client_order_id = $1`,
        [order],
      ),
      this.#postgres.query<StoredDecision>(
        `SELECT ${AT("at")}, partition, decision FROM order_denial WHERE decision->>'order' = $1
         ORDER BY id DESC LIMIT $2`,
        [order, MOST_DENIALS],
      ),
    ]);
    const [row] = intents;
    if (row === undefined) return { intent: undefined, decisions: denials };
    const { decision, at, ...intent } = row;
    return { intent, decisions: [{ at, partition: row.partition, decision }, ...denials] };
  }

  denials({ code, limit }: { readonly code?: string; readonly limit: number }): Promise<readonly StoredDecision[]> {
    return this.#postgres.query<StoredDecision>(
      `SELECT ${AT("at")}, partition, decision FROM order_denial WHERE $1::text IS NULL OR code = $1
       ORDER BY id DESC LIMIT $2`,
      [code ?? null, limit],
    );
  }
}
