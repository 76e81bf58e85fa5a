import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyDatabase, redisDatabase, virtualHost } from "../support/servers/shared.ts";
import { type StallingProxy, startStallingProxy } from "../support/stalling-proxy.ts";
import { SupervisedStack } from "../support/supervised-stack.ts";
import { until } from "../support/until.ts";

/** The address of a server, with a proxy that can take it away. */
async function behindProxy(address: string): Promise<{ url: string; proxy: StallingProxy }> {
  const url = new URL(address);
  const proxy = await startStallingProxy(Number(url.port));
  url.port = String(proxy.port);
  return { url: url.href, proxy };
}

describe("OP-04 a stack over servers of somebody else", () => {
  let stack: SupervisedStack;
  const proxies: Record<string, StallingProxy> = {};

  beforeAll(async () => {
    const [postgres, redis, amqp] = await Promise.all([
      emptyDatabase().then(behindProxy),
      redisDatabase().then(behindProxy),
      virtualHost().then(behindProxy),
    ]);
    Object.assign(proxies, { postgres: postgres.proxy, redis: redis.proxy, rabbitmq: amqp.proxy });
    stack = new SupervisedStack({ DATABASE_URL: postgres.url, REDIS_URL: redis.url, AMQP_URL: amqp.url });
    expect((await stack.json("up")).exitCode).toBe(0);
  });
  afterAll(async () => {
    await stack.close();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  });

  const healthy = () => until("a healthy stack", async () => (await stack.json("status")).exitCode === 0);

  test.each([
    ["postgres", "cut", ["api", "worker-1", "backtester-1"]],
    ["postgres", "stall", ["api", "worker-1", "backtester-1"]],
    ["redis", "cut", ["api", "worker-1"]],
    ["rabbitmq", "cut", ["api", "backtester-1"]],
  ] as const)(
    "%s away (%s): the daemons say so, the status ends with 20 and names it, nobody is restarted, and all heals",
    async (name, how, concerned) => {
      await healthy();
      const before = await stack.snapshot();
      proxies[name]![how]();
      for (const instance of concerned) {
        await stack.untilView(instance, ({ state, reason }) => state === "degraded" && reason.includes(`${name}: `));
      }
      const { exitCode, stdout } = await stack.ttt("status");
      expect(exitCode).toBe(20);
      expect(stdout).toMatch(new RegExp(`${concerned[0]} +degraded .*${name}: `));
      proxies[name]!.resume();
      await healthy();
      const pids = ({ instances }: typeof before) => instances.map(({ instance, pid }) => [instance, pid]);
      expect(pids(await stack.snapshot())).toEqual(pids(before));
    },
  );
});
