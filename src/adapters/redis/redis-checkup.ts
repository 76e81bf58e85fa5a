import type { Redis } from "ioredis";
import type { RedisFacts } from "../../ops/doctor/facts.ts";
import { openRedis, redisCall } from "./redis.ts";

const QUESTIONS = 5;
/** Keys looked at for what fills the memory: enough for a share, few enough not to be felt. */
const SAMPLE = 500;
const GROUPS = 4;

/** Looks at Redis: how fast it answers, how full it is, and which keys fill it. Changes nothing. */
export async function checkUpRedis(url: string): Promise<RedisFacts> {
  const redis = await openRedis(url);
  try {
    const roundTripsMs: number[] = [];
    for (let question = 0; question < QUESTIONS; question++) {
      const asked = performance.now();
      await redisCall(redis.ping());
      roundTripsMs.push(performance.now() - asked);
    }
    const info = await redisCall(redis.info("memory"));
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, "m").exec(info)?.[1]?.trim() ?? "";
    const usedBytes = Number(field("used_memory"));
    const limitBytes = Number(field("maxmemory")) || Number(field("total_system_memory"));
    const policy = field("maxmemory_policy") || "noeviction";
    const refusesWrites = policy === "noeviction" && Number(field("maxmemory")) > 0 && usedBytes >= limitBytes;
    return { roundTripsMs, usedBytes, limitBytes, policy, refusesWrites, largest: await largestGroups(redis) };
  } finally {
    redis.disconnect();
  }
}

async function largestGroups(redis: Redis): Promise<RedisFacts["largest"]> {
  const total = await redisCall(redis.dbsize());
  const names = new Set<string>();
  let cursor = "0";
  do {
    const [next, page] = await redisCall(redis.scan(cursor, "COUNT", 100));
    for (const name of page) names.add(name);
    cursor = next;
  } while (cursor !== "0" && names.size < SAMPLE);
  const groups = new Map<string, { keys: number; bytes: number }>();
  // In one message: on a slow way each question by itself would take longer than the doctor has.
  const pipeline = redis.pipeline();
  for (const name of names) pipeline.memory("USAGE", name);
  const sizes = (await redisCall(pipeline.exec())) ?? [];
  for (const [index, name] of [...names].entries()) {
    const bytes = Number(sizes[index]?.[1] ?? 0);
    const prefix = name.includes(":") ? `${name.slice(0, name.lastIndexOf(":"))}:*` : name;
    const group = groups.get(prefix) ?? { keys: 0, bytes: 0 };
    groups.set(prefix, { keys: group.keys + 1, bytes: group.bytes + bytes });
  }
  // What was not looked at is taken to be like what was.
  const scale = names.size === 0 ? 1 : Math.max(1, total / names.size);
  return [...groups]
    .map(([prefix, { keys, bytes }]) => ({ prefix, keys: Math.round(keys * scale), bytes: bytes * scale }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, GROUPS);
}
