import type { Postgres } from "../adapters/postgres/postgres.ts";
import { postgresAnswerStore } from "../adapters/postgres/postgres-answer-store.ts";
import { postgresTokenStore } from "../adapters/postgres/postgres-token-store.ts";
import type { AnswerStore } from "../ports/answer-store.ts";
import type { TokenStore } from "../ports/token-store.ts";

/** What the API keeps of its callers. */
export interface ApiStores {
  readonly tokens: TokenStore;
  readonly answers: AnswerStore;
}

export function apiStores(database: Postgres): ApiStores {
  return { tokens: postgresTokenStore(database), answers: postgresAnswerStore(database) };
}
