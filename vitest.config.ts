import { defineConfig } from "vitest/config";

/** Suites that need real servers, and suites that drive the built `ttt`, run apart from the rest. */
const SERVICES = ["test/contract/**/*.test.ts", "test/chaos/**/*.test.ts", "test/**/*.services.test.ts"];
const END_TO_END = ["test/e2e/**/*.test.ts"];
/** What a shell may hold that would change what is tested: settings of ttt and its servers, and the wish for colours. */
const SETTINGS = /^(TTT_(?!GOLDEN$|CHROMIUM$)|OTEL_|XDG_|(DATABASE|REDIS|AMQP)_URL$|(NO|FORCE)_COLOR$)/;
for (const name of Object.keys(process.env)) if (SETTINGS.test(name)) delete process.env[name];

/** Starts PostgreSQL, Redis and RabbitMQ when a suite first asks for them. */
const SERVERS = "test/support/servers/global-setup.ts";

export default defineConfig({
  test: {
    maxWorkers: 2,
    // These bound what hangs. Nothing is expected to be quick: a slow machine may take many times what a fast one does.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 90_000, interval: 20 } },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.{ts,tsx}"], exclude: [...SERVICES, ...END_TO_END] },
      },
      { extends: true, test: { name: "services", include: SERVICES, globalSetup: SERVERS, testTimeout: 300_000 } },
      {
        extends: true,
        test: { name: "e2e", include: END_TO_END, globalSetup: SERVERS, testTimeout: 600_000, fileParallelism: false },
      },
    ],
  },
});
