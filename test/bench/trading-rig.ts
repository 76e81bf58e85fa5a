import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { packageRoot } from "../../src/runtime/package-root.ts";
import { startPostgresServer } from "../support/servers/postgres-server.ts";
import { startRedisServer } from "../support/servers/redis-server.ts";
import { TradingStack, type TradingStackOptions } from "../support/trading-stack.ts";

/** Limits that a machine-made market would meet, and that measure nothing. */
const UNLIMITED = { maxDuplicates: null, maxCancelRatio: null, maxOrderToTrade: null, messagesPerSecond: null };

/** A stack of real processes over servers of its own, whose commits reach the disk. Everything goes when `work` ends. */
export async function withTradingStack<T>(
  options: Omit<TradingStackOptions, "servers">,
  work: (stack: TradingStack) => Promise<T>,
): Promise<T> {
  const [postgres, redis] = await Promise.all([startPostgresServer({ durable: true }), startRedisServer()]);
  try {
    const database = postgres.url("postgres");
    await migrate(database, join(packageRoot(), "src/adapters/postgres/migrations"));
    const stack = await TradingStack.open({
      limits: UNLIMITED,
      ...options,
      // Past the proxies that tests cut: they would be measured as well.
      env: { DATABASE_URL: database, REDIS_URL: redis.url, ...options.env },
      servers: { database, redis: redis.url },
    });
    try {
      await stack.startAll(options.workers ?? 1);
      return await work(stack);
    } finally {
      await stack.close();
    }
  } finally {
    await Promise.all([postgres.remove(), redis.remove()]);
  }
}

/** The command line is measured as it is built. */
export function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ["build.ts"], { cwd: packageRoot(), encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
