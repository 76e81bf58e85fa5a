import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { openPostgres } from "../../src/adapters/postgres/postgres.ts";
import { openPostgresJobQueue } from "../../src/adapters/postgres/postgres-job-queue.ts";
import { openRabbitMqJobQueue } from "../../src/adapters/rabbitmq/rabbitmq-job-queue.ts";
import type { JobQueue } from "../../src/ports/job-queue.ts";
import { emptyDatabase, virtualHost } from "../support/servers/shared.ts";

const ADAPTERS: Record<string, { address: () => Promise<string>; open: (url: string) => Promise<JobQueue> }> = {
  PostgreSQL: {
    address: emptyDatabase,
    async open(url) {
      const postgres = await openPostgres(url);
      const queue = await openPostgresJobQueue(postgres);
      return {
        ...queue,
        async close() {
          await queue.close();
          await postgres.close();
        },
      };
    },
  },
  RabbitMQ: { address: virtualHost, open: openRabbitMqJobQueue },
};

describe.each(Object.entries(ADAPTERS))("job queue on %s", (_name, { address, open }) => {
  const opened: JobQueue[] = [];
  let url: string;
  const connect = async () => {
    const queue = await open(url);
    opened.push(queue);
    return queue;
  };
  const never = new AbortController().signal;

  beforeAll(async () => {
    url = await address();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close()));
  });

  test("a ring wakes a waiting worker", async () => {
    const [submitter, worker] = [await connect(), await connect()];
    const order: string[] = [];
    const woken = worker.wait(never).then(() => order.push("woken"));
    await connect();
    order.push("rang");
    await submitter.ring();
    await woken;
    expect(order).toEqual(["rang", "woken"]);
  });

  test("a ring that comes while the worker is busy wakes it at its next wait", async () => {
    const [submitter, worker] = [await connect(), await connect()];
    await submitter.ring();
    await worker.wait(never);
  });

  test("two rings wake two waiting workers", async () => {
    const [submitter, one, two] = [await connect(), await connect(), await connect()];
    const both = Promise.all([one.wait(never), two.wait(never)]);
    await submitter.ring();
    await submitter.ring();
    await both;
  });

  test("a wait ends when its signal aborts, and no ring is lost by it", async () => {
    const [submitter, worker] = [await connect(), await connect()];
    const leaving = new AbortController();
    const wait = worker.wait(leaving.signal);
    leaving.abort();
    await wait;
    await submitter.ring();
    await worker.wait(never);
  });

  test("closing wakes whoever waits", async () => {
    const worker = await connect();
    const wait = worker.wait(never);
    await worker.close();
    await wait;
  });
});
