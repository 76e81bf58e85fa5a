import { connect } from "amqplib";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { openPostgres } from "../../src/adapters/postgres/postgres.ts";
import { emptyDatabase, migratedDatabase, redisDatabase, virtualHost } from "../support/servers/shared.ts";

test("each test file gets databases of its own, empty or migrated", async () => {
  const [empty, migrated] = [await openPostgres(await emptyDatabase()), await openPostgres(await migratedDatabase())];
  const tables = "SELECT count(*) AS count FROM pg_tables WHERE schemaname = 'public'";
  expect(await empty.query(tables)).toEqual([{ count: 0 }]);
  expect((await migrated.query<{ count: number }>(tables))[0]!.count).toBeGreaterThan(1);
  await Promise.all([empty.close(), migrated.close()]);
});

test("Redis databases are apart", async () => {
  const [one, two] = [new Redis(await redisDatabase()), new Redis(await redisDatabase())];
  await one.set("key", "value");
  expect(await two.get("key")).toBeNull();
  one.disconnect();
  two.disconnect();
});

test("virtual hosts are apart", async () => {
  const [one, two] = [await connect(await virtualHost()), await connect(await virtualHost())];
  await (await one.createChannel()).assertQueue("mine");
  const channel = await two.createChannel();
  channel.on("error", () => {});
  await expect(channel.checkQueue("mine")).rejects.toThrow("no queue 'mine'");
  await Promise.all([one.close(), two.close()]);
});
