import { execa } from "execa";
import { expect, test } from "vitest";
import { redisFacts } from "../../src/runtime/runbooks.ts";
import { startRedisServer } from "../support/servers/redis-server.ts";

test("OR-03 redis-cli of a runbook's step speaks as the user of the configured address, its password nowhere to be seen", async () => {
  const redis = await startRedisServer(["--user", "desk", "on", ">pass word", "~ttt:*", "+@all"]);
  try {
    const { REDIS, REDISCLI_AUTH } = redisFacts(`redis://desk:pass%20word@127.0.0.1:${redis.port}/3`);
    expect(REDIS).toBe(`-h 127.0.0.1 -p ${redis.port} -n 3 --user desk`);
    const step = await execa("sh", ["-euc", "redis-cli $REDIS acl whoami; redis-cli $REDIS client list"], {
      env: { REDIS: REDIS!, REDISCLI_AUTH: REDISCLI_AUTH! },
    });
    expect(step.stdout).toMatch(/^desk\n/);
    expect(step.stdout).toMatch(/ db=3 .* user=desk /);
  } finally {
    await redis.remove();
  }
});

test("OR-03 an address over TLS is asked over TLS, and without one there is nothing to ask", () => {
  expect(redisFacts("rediss://store.example")).toEqual({ REDIS: "-h store.example -p 6379 -n 0 --tls" });
  expect(redisFacts(undefined)).toEqual({});
});
