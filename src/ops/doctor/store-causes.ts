import type { FoundCause } from "./cause.ts";
import type { Facts, Look, RedisFacts } from "./facts.ts";

/** A store on the same machine answers in under a millisecond, one in the same building in under ten. */
const SLOW_STORE_MS = 50;
/** A request of the API asks a store several times: at this it is slower than its promise by itself. */
const UNBEARABLE_STORE_MS = 200;
/** A session that waits less long is only busy. */
const LONG_WAIT_S = 3;
const FULL = 0.8;
const MEGABYTE = 1024 * 1024;

/** What is wrong with PostgreSQL, Redis and RabbitMQ. */
export function storeCauses(facts: Facts): FoundCause[] {
  return [...databaseCauses(facts), ...redisCauses(facts.redis), ...queueCauses(facts)];
}

function databaseCauses({ database, stack }: Facts): FoundCause[] {
  if (database === undefined) return [];
  // Of a stack that is down nothing is expected to answer.
  if ("unseen" in database) {
    const isExpected = !("seen" in stack) || stack.seen.isRunning;
    return isExpected ? [unreachable("postgres", "PostgreSQL", database.unseen, "api-500s", ["api-500s", "3.1"])] : [];
  }
  const { pending, missingTables, connections, waiting, slow, roundTripsMs } = database.seen;
  const causes: FoundCause[] = [];
  if (pending.length > 0) {
    causes.push({
      ...{ id: "postgres.schema-behind", symptom: "api-500s", severity: "critical", certainty: "certain", depth: 80 },
      title: `The database is behind this release by ${pending.length} ${pending.length === 1 ? "migration" : "migrations"}`,
      evidence: [`not applied: ${pending.join(", ")}`, ...tablesLine(missingTables)],
      fix: ["api-500s", "3.2"],
    });
  } else if (missingTables.length > 0) {
    causes.push({
      ...{ id: "postgres.table-missing", symptom: "api-500s", severity: "critical", certainty: "certain", depth: 80 },
      title: `${missingTables.length === 1 ? "A table is" : "Tables are"} missing although the migrations were applied`,
      evidence: tablesLine(missingTables),
      fix: ["api-500s", "3.3"],
    });
  }
  if (connections.used >= 0.9 * connections.limit) {
    causes.push({
      ...{ id: "postgres.connections", symptom: "api-500s", severity: "critical", certainty: "certain", depth: 75 },
      title: "PostgreSQL has hardly a connection left",
      evidence: [`${connections.used} of ${connections.limit} connections are taken`],
      fix: ["high-latency", "3.2"],
    });
  }
  const held = waiting.filter(({ seconds }) => seconds >= LONG_WAIT_S);
  if (held.length > 0) {
    causes.push({
      ...{ id: "postgres.blocked", symptom: "high-latency", severity: "critical", certainty: "certain", depth: 75 },
      title: "Sessions of PostgreSQL wait for a lock that another session holds",
      evidence: held.slice(0, 3).map(({ pid, seconds, blocker }) => {
        const who = `session ${blocker.pid} (${blocker.program || "unnamed"}, ${blocker.state})`;
        return `session ${pid} has waited ${seconds.toFixed(0)} s for ${who}: ${blocker.statement}`;
      }),
      fix: ["high-latency", "3.2"],
    });
  }
  if (slow.length > 0) {
    causes.push({
      ...{
        id: "postgres.long-statement",
        symptom: "high-latency",
        severity: "warning",
        certainty: "possible",
        depth: 60,
      },
      title: "A statement has run for long",
      evidence: slow.map(
        ({ pid, seconds, program, statement }) =>
          `session ${pid} (${program}) for ${seconds.toFixed(0)} s: ${statement}`,
      ),
      fix: ["high-latency", "3.2"],
    });
  }
  return [...causes, ...slowness("postgres", "PostgreSQL", roundTripsMs)];
}

function redisCauses(redis: Look<RedisFacts> | undefined): FoundCause[] {
  if (redis === undefined) return [];
  if ("unseen" in redis) return [unreachable("redis", "Redis", redis.unseen, "high-latency", ["high-latency", "3.1"])];
  const { usedBytes, limitBytes, policy, refusesWrites, largest, roundTripsMs } = redis.seen;
  const part = usedBytes / limitBytes;
  const full: FoundCause = {
    ...{ id: "redis.memory", symptom: "redis-memory", certainty: "certain", depth: 70 },
    severity: refusesWrites || part > 0.95 ? "critical" : "warning",
    title: `Redis uses ${(100 * part).toFixed(0)} % of its memory${refusesWrites ? " and refuses to write" : ""}`,
    evidence: [
      `${megabytes(usedBytes)} of ${megabytes(limitBytes)}, policy ${policy}`,
      ...largest.map(({ prefix, keys, bytes }) => `${prefix}: about ${megabytes(bytes)} in ${keys} keys`),
    ],
    fix: ["redis-memory", "3"],
  };
  return [...(part > FULL || refusesWrites ? [full] : []), ...slowness("redis", "Redis", roundTripsMs)];
}

function queueCauses({ queue }: Facts): FoundCause[] {
  if (queue === undefined) return [];
  if ("unseen" in queue)
    return [unreachable("rabbitmq", "RabbitMQ", queue.unseen, "high-latency", ["high-latency", "3.1"])];
  return slowness("rabbitmq", "RabbitMQ", queue.seen.roundTripsMs);
}

function slowness(id: string, name: string, roundTripsMs: readonly number[]): FoundCause[] {
  const sorted = [...roundTripsMs].sort((a, b) => a - b);
  // The quickest: what made one answer late may be this machine, and what makes every answer late is the store.
  const [best = 0] = sorted;
  if (best < SLOW_STORE_MS) return [];
  return [
    {
      ...{ id: `${id}.slow`, symptom: "high-latency", certainty: "certain", depth: 78 },
      severity: best >= UNBEARABLE_STORE_MS ? "critical" : "warning",
      title: `${name} takes ${best.toFixed(0)} ms for the simplest question`,
      evidence: [
        `the quickest of ${sorted.length} answers; they took ${sorted.map((ms) => ms.toFixed(0)).join(", ")} ms; below ${SLOW_STORE_MS} ms is usual`,
        "the question needs no data: the time is lost on the way, or the server has no processor time",
      ],
      fix: ["high-latency", "3.1"],
    },
  ];
}

function unreachable(
  id: string,
  name: string,
  reason: string,
  symptom: FoundCause["symptom"],
  fix: FoundCause["fix"],
): FoundCause {
  return {
    ...{ id: `${id}.unreachable`, symptom, severity: "critical", certainty: "certain", depth: 90, fix },
    title: `${name} does not answer`,
    evidence: [reason],
  };
}

const tablesLine = (tables: readonly string[]) => (tables.length === 0 ? [] : [`missing tables: ${tables.join(", ")}`]);
const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MiB`;
