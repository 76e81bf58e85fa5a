import { createServer } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { migrate } from "../../../src/adapters/postgres/migrate.ts";
import { openPostgres, type Postgres } from "../../../src/adapters/postgres/postgres.ts";
import { packageRoot } from "../../../src/runtime/package-root.ts";
import { serverFolder } from "./folder.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";
import { startRabbitMqServer, VIRTUAL_HOSTS } from "./rabbitmq-server.ts";
import { startRedisServer } from "./redis-server.ts";

/** What a test file can ask for: the address of a world of its own on a server that all files share. */
export type Wanted = "database" | "migrated-database" | "redis" | "amqp";
export type DeskReply = { readonly url: string } | { readonly error: string };

const MIGRATIONS = join(packageRoot(), "src/adapters/postgres/migrations");
/** As many as suites may ask for in one run. Empty ones cost nothing. */
const REDIS_DATABASES = 256;

/**
 * Starts each server when it is first asked for, once for the whole test run, and hands out databases, Redis
 * databases and virtual hosts over a unix socket: test files run in processes of their own.
 */
export async function openServerDesk(): Promise<{ readonly socket: string; close(): Promise<void> }> {
  const folder = serverFolder("desk");
  const socket = join(folder.path, "desk");
  const database = once(startDatabases);
  const redis = once(() => startRedisServer(["--databases", String(REDIS_DATABASES)]));
  const rabbit = once(startRabbitMqServer);
  let redisDatabases = 0;
  let virtualHosts = 0;

  const provide = async (wanted: Wanted): Promise<string> => {
    switch (wanted) {
      case "database":
      case "migrated-database":
        return (await database.get()).create(wanted === "migrated-database");
      case "redis": {
        const index = take(redisDatabases++, REDIS_DATABASES, "Redis databases");
        return `${(await redis.get()).url}/${index}`;
      }
      case "amqp": {
        const index = take(virtualHosts++, VIRTUAL_HOSTS.length, "virtual hosts");
        return (await rabbit.get()).url(VIRTUAL_HOSTS[index]!);
      }
    }
  };

  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on("error", () => {});
    connection.once("data", async (chunk) => {
      const reply: DeskReply = await provide(String(chunk) as Wanted).then(
        (url) => ({ url }),
        (error: unknown) => ({ error: inspect(error) }),
      );
      connection.end(JSON.stringify(reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    async close() {
      server.close();
      await Promise.all([database, redis, rabbit].map((one) => one.remove()));
      folder.remove();
    },
  };
}

/** PostgreSQL with a template that has every migration, so that a fresh database costs a copy of files. */
async function startDatabases(): Promise<{ create(migrated: boolean): Promise<string>; remove(): Promise<void> }> {
  const server: PostgresServer = await startPostgresServer();
  const admin: Postgres = await openPostgres(server.url("postgres"), { maxConnections: 1 });
  const template = once(async () => {
    await admin.query("CREATE DATABASE migrated");
    await migrate(server.url("migrated"), MIGRATIONS);
    return { remove: async () => {} };
  });
  let made = 0;
  return {
    async create(migrated) {
      if (migrated) await template.get();
      const name = `test_${made++}`;
      await admin.query(`CREATE DATABASE ${name}${migrated ? " TEMPLATE migrated" : ""}`);
      return server.url(name);
    },
    async remove() {
      await admin.close();
      await server.remove();
    },
  };
}

interface Removable {
  remove(): Promise<void>;
}

/** Starts at the first `get`; a start that failed fails every `get` the same way. */
function once<T extends Removable>(start: () => Promise<T>) {
  let started: Promise<T> | undefined;
  return {
    get: () => {
      started ??= start();
      return started;
    },
    remove: async () => {
      const server = await started?.catch(() => undefined);
      await server?.remove();
    },
  };
}

function take(index: number, limit: number, what: string): number {
  if (index >= limit) throw new Error(`all ${limit} ${what} of the test server are in use`);
  return index;
}
