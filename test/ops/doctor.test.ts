import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { examine } from "../../src/actions/doctor/examine.ts";
import { readRunbook } from "../../src/actions/runbooks/read-runbook.ts";
import { fileRunbookShelf } from "../../src/adapters/files/file-runbook-shelf.ts";
import { SYMPTOMS } from "../../src/ops/doctor/cause.ts";
import type { DatabaseFacts, RedisFacts, StackFacts } from "../../src/ops/doctor/facts.ts";
import { type InstanceView, newInstance, viewOf } from "../../src/ops/instance.ts";
import { planRun } from "../../src/ops/runbook-plan.ts";
import { stackServices } from "../../src/ops/stack.ts";
import type { Checkup } from "../../src/ports/checkup.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const SPEC = stackServices({ profile: "services", workers: 1, backtesters: 1 }).find(({ name }) => name === "worker")!;
const worker = (change: Partial<InstanceView> = {}): InstanceView => ({
  ...viewOf(newInstance(SPEC, "worker-1", 1, 0), { wall: 0, monotonic: 0 }),
  state: "ready",
  ...change,
});
const STACK: StackFacts = { isRunning: true, instances: [worker()], lastWords: {} };
const DATABASE: DatabaseFacts = {
  ...{ roundTripsMs: [1, 1, 2], pending: [], missingTables: [], waiting: [], slow: [] },
  connections: { used: 10, limit: 100 },
};
const REDIS: RedisFacts = {
  ...{ roundTripsMs: [1], usedBytes: 10, limitBytes: 100, policy: "noeviction", refusesWrites: false, largest: [] },
};
const WELL: Checkup = {
  configuration: async () => ({ problem: null }),
  stack: async () => STACK,
  database: async () => DATABASE,
  redis: async () => REDIS,
  queue: async () => ({ roundTripsMs: [1, 2, 2, 2, 9] }),
  api: async () => ({ answers: [{ path: "/readyz", status: 200, ms: 3, reason: "" }] }),
  metrics: async () => ({
    reading: { source: "daemons", samples: [], silent: [] },
    targets: [{ instance: "worker-1", address: "127.0.0.1:1", problem: null }],
    prometheus: undefined,
  }),
  host: async () => ({ cpus: 2, load: 0.5, freeDiskBytes: 1e12, freeDiskPart: 0.5, freeMemoryPart: 0.5 }),
};
const ill = (checkup: Partial<Checkup>) => examine({ ...WELL, ...checkup }, new VirtualClock(), { timeoutMs: 1_000 });
const ids = async (checkup: Partial<Checkup>) => (await ill(checkup)).causes.map(({ id }) => id);
const down = async () => {
  throw new Error("connect ECONNREFUSED");
};

describe("OR-04 the doctor", () => {
  test("OR-04 finds nothing where nothing is wrong", async () => {
    expect(await ids({})).toEqual([]);
  });

  test.each<[string, string, Partial<Checkup>]>([
    [
      "an unusable configuration",
      "configuration.unusable",
      { configuration: async () => ({ problem: { message: "x", expected: "", found: "y" } }) },
    ],
    ["nothing that runs", "stack.down", { stack: async () => ({ isRunning: false, instances: [], lastWords: {} }) }],
    ["a supervisor that is silent", "supervisor.silent", { stack: down }],
    ["a database that is gone", "postgres.unreachable", { database: down }],
    [
      "a release ahead of its database",
      "postgres.schema-behind",
      { database: async () => ({ ...DATABASE, pending: ["0031_job"], missingTables: ["job"] }) },
    ],
    [
      "a table that is gone",
      "postgres.table-missing",
      { database: async () => ({ ...DATABASE, missingTables: ["job"] }) },
    ],
    [
      "no connection left",
      "postgres.connections",
      { database: async () => ({ ...DATABASE, connections: { used: 97, limit: 100 } }) },
    ],
    [
      "a lock",
      "postgres.blocked",
      {
        database: async () => ({
          ...DATABASE,
          waiting: [
            {
              pid: 7,
              seconds: 9,
              statement: "SELECT",
              blocker: { pid: 8, program: "psql", state: "idle in transaction", statement: "LOCK TABLE job" },
            },
          ],
        }),
      },
    ],
    ["a slow database", "postgres.slow", { database: async () => ({ ...DATABASE, roundTripsMs: [90, 80, 300] }) }],
    ["a Redis that is gone", "redis.unreachable", { redis: down }],
    ["a full Redis", "redis.memory", { redis: async () => ({ ...REDIS, usedBytes: 81 }) }],
    ["a RabbitMQ that is gone", "rabbitmq.unreachable", { queue: down }],
    [
      "a worker in quarantine",
      "worker.quarantined",
      { stack: async () => ({ ...STACK, instances: [worker({ state: "quarantined" })] }) },
    ],
    [
      "an API that fails",
      "api.failing",
      { api: async () => ({ answers: [{ path: "/v1/services", status: 500, ms: 3, reason: "boom" }] }) },
    ],
    [
      "a query that does not fit",
      "api.bad-query",
      {
        api: async () => ({
          answers: [{ path: "/v1/flags", status: 500, ms: 3, reason: 'column "on" does not exist' }],
        }),
      },
    ],
    [
      "an API that is slow",
      "api.slow",
      { api: async () => ({ answers: [{ path: "/readyz", status: 200, ms: 900, reason: "" }] }) },
    ],
    [
      "a broken scrape",
      "scrape.broken",
      {
        metrics: async () => ({
          reading: { source: "daemons", samples: [], silent: [] },
          targets: [{ instance: "api", address: null, problem: "is missing" }],
          prometheus: undefined,
        }),
      },
    ],
    [
      "a full disk",
      "host.disk",
      { host: async () => ({ cpus: 2, load: 1, freeDiskBytes: 1e6, freeDiskPart: 0.01, freeMemoryPart: 0.5 }) },
    ],
  ])("OR-04 names %s, and a runbook step that is there", async (_what, id, checkup) => {
    const { causes } = await ill(checkup);
    expect(causes.map((cause) => cause.id)).toEqual([id]);
    const [{ fix, evidence }] = causes as [(typeof causes)[number]];
    expect(evidence.length).toBeGreaterThan(0);
    const shelf = fileRunbookShelf([join(import.meta.dirname, "..", "..", "docs", "runbooks")]);
    const { runbook } = await readRunbook({ shelf }, fix.runbook);
    expect(planRun(runbook, { sections: [fix.section] }).length).toBeGreaterThan(0);
    for (const [, name] of fix.command.matchAll(/--set ([a-z-]+)=/g)) {
      expect(runbook.params.map((param) => param.name)).toContain(name);
    }
  });

  test("OR-04 a cause comes before what it explains, and what is certain before what is guessed", async () => {
    const broken = async () => ({
      answers: [{ path: "/api/backtest", status: 500, ms: 3, reason: 'relation "job" does not exist' }],
    });
    expect(
      await ids({
        api: broken,
        stack: async () => ({ ...STACK, instances: [worker({ state: "quarantined" })] }),
        database: async () => ({
          ...DATABASE,
          pending: ["0031_job"],
          slow: [{ pid: 1, seconds: 40, program: "x", statement: "y" }],
        }),
      }),
    ).toEqual(["postgres.schema-behind", "api.bad-query", "worker.quarantined", "postgres.long-statement"]);
  });

  test("OR-04 what a wrong configuration brought down is its evidence, not a cause of its own", async () => {
    const { causes } = await ill({
      configuration: async () => ({
        problem: {
          message: "Some service addresses are set, but not all of them.",
          expected: "",
          found: "missing: AMQP_URL",
        },
      }),
      stack: async () => ({ ...STACK, instances: [worker({ state: "failed", exitCode: 10 })] }),
      database: async () => undefined,
      redis: async () => undefined,
      queue: async () => undefined,
      api: async () => undefined,
      metrics: async () => undefined,
    });
    expect(causes).toHaveLength(1);
    expect(causes[0]?.evidence).toEqual(["missing: AMQP_URL", "worker-1 ended with 10, a wrong configuration"]);
  });

  test("OR-04 what waits for a service that cannot start is told with that one, not as causes of its own", async () => {
    const waitsFor = { service: "postgres", condition: "ready", evidence: "postgres is failed" };
    const postgres = worker({ service: "postgres", instance: "postgres", state: "failed", exitCode: 1 });
    const waiting = ["worker-1", "worker-2"].map((instance) => worker({ instance, state: "failed", waitsFor }));
    const { causes } = await ill({ stack: async () => ({ ...STACK, instances: [postgres, ...waiting] }) });
    expect(causes.map(({ id }) => id)).toEqual(["postgres.failed"]);
    expect(causes[0]?.evidence).toContain("waited for by worker-1, worker-2");
    // Stopped on purpose it is no cause: then those that cannot start are.
    const stopped = { ...postgres, state: "stopped" as const, wanted: "down" as const };
    expect(await ids({ stack: async () => ({ ...STACK, instances: [stopped, waiting[0]!] }) })).toEqual([
      "worker.failed",
    ]);
  });

  test("OR-04 a supervisor that hangs is not told as a stack that does not run: what it started goes on", async () => {
    const { causes } = await ill({ stack: down });
    expect(causes.map(({ symptom }) => SYMPTOMS[symptom])).toEqual(["Nobody watches over the services"]);
    expect(causes[0]?.evidence).toEqual(["connect ECONNREFUSED"]);
  });

  test("OR-04 a look that takes too long is given up, and said; the others have their say", async () => {
    const clock = new VirtualClock();
    const examined = examine({ ...WELL, database: () => new Promise(() => {}), redis: down }, clock, {
      timeoutMs: 1_000,
    });
    await new Promise((turn) => {
      setImmediate(turn);
    });
    clock.advance(1_001);
    const { causes, checks } = await examined;
    expect(checks.find(({ name }) => name === "database")?.problem).toBe("no answer within 1000 ms");
    expect(causes.map(({ id }) => id)).toEqual(["postgres.unreachable", "redis.unreachable"]);
  });
});
