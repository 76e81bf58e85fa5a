import type { Postgres } from "../adapters/postgres/postgres.ts";
import { postgresStackFigures } from "../adapters/postgres/postgres-stack-figures.ts";
import type { Closable } from "../ports/closable.ts";
import type { MemoryFigures, StackFigures } from "../ports/stack-figures.ts";
import type { Config } from "./config.ts";

export function openStackFigures(database: Postgres): StackFigures {
  return postgresStackFigures(database);
}

/** Of the services profile; undefined in the embedded one, which has no Redis. */
export async function openRedisFigures(config: Config): Promise<(MemoryFigures & Closable) | undefined> {
  if (config.redis.url === undefined) return undefined;
  const { openRedisMemory } = await import("../adapters/redis/redis-memory.ts");
  return openRedisMemory(config.redis.url);
}
