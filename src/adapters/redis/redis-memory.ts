import type { Closable } from "../../ports/closable.ts";
import type { MemoryFigures } from "../../ports/stack-figures.ts";
import { openRedis, redisCall } from "./redis.ts";

/** Redis's own word on its memory. Without a `maxmemory` the machine's memory is the limit. */
export async function openRedisMemory(url: string): Promise<MemoryFigures & Closable> {
  const redis = await openRedis(url);
  return {
    async readMemory() {
      const info = await redisCall(redis.info("memory"));
      const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
      return { used: field("used_memory"), limit: field("maxmemory") || field("total_system_memory") };
    },
    close: () => redis.disconnect(),
  };
}
