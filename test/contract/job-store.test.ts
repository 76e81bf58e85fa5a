import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { postgresJobStore } from "../../src/adapters/postgres/postgres-job-store.ts";
import { backoffMs, MAX_ATTEMPTS } from "../../src/ops/job.ts";
import type { JobRequest, JobStore } from "../../src/ports/job-store.ts";
import { migratedDatabase } from "../support/servers/shared.ts";

const LEASE_MS = 600_000;
const KINDS = ["backtest"] as const;
const OUTAGE = { code: "POSTGRES_OUTAGE", message: "postgres: gone", exit: "outage" };
const THREW = { code: "STRATEGY_THREW", message: "it threw", exit: "jobFailed" };

let postgres: Postgres;
let store: JobStore;
let made = 0;

beforeAll(async () => {
  postgres = await openPostgres(await migratedDatabase());
  store = postgresJobStore(postgres);
});
beforeEach(() => postgres.query("TRUNCATE job CASCADE").then(() => {}));
afterAll(() => postgres.close());

const request = (more: Partial<JobRequest> = {}): JobRequest => ({
  kind: "backtest",
  key: `key-${made++}`,
  spec: { b: 1, a: [1.5, "x"] },
  submittedBy: "test",
  ...more,
});
const submit = async (more?: Partial<JobRequest>) => (await store.submit(request(more))).job;
const take = async (leaseMs = LEASE_MS) => {
  const taken = await store.take("backtester-1", KINDS, leaseMs);
  if (!taken) throw new Error("nothing to take");
  return taken;
};
/** Lets the server's clock pass a lease or a back-off without waiting for it. */
const skipTime = () =>
  postgres.query(
    `UPDATE job SET due_at = due_at - interval '1 hour',
     lease_until = CASE WHEN state = 'running' THEN lease_until - interval '1 hour' END`,
  );

const clock = async () => (await postgres.query<{ now: Date }>("SELECT clock_timestamp() AS now"))[0]!.now;
/** Milliseconds from `since` until it may be taken again: at least as long as it backs off. */
const dueAfter = async (id: string, since: Date) => {
  const [row] = await postgres.query<{ ms: number }>(
    "SELECT (extract(epoch FROM due_at - $2) * 1000)::float8 AS ms FROM job WHERE id = $1",
    [id, since],
  );
  return row!.ms;
};

describe("job store on PostgreSQL", () => {
  test("a job waits, is taken, reports and succeeds with its documents", async () => {
    const job = await submit();
    expect(job).toMatchObject({ state: "queued", attempts: 0, progress: 0, maxAttempts: MAX_ATTEMPTS });
    const taken = await take();
    expect(taken.job).toMatchObject({ id: job.id, state: "running", attempts: 1, owner: "backtester-1" });
    expect(JSON.stringify(taken.job.spec)).toBe('{"b":1,"a":[1.5,"x"]}');
    expect(await store.heartbeat(job.id, taken.token, LEASE_MS, 0.5)).toBe("held");
    expect((await store.find(job.id))?.progress).toBe(0.5);
    const bytes = new TextEncoder().encode('{"é":1}');
    const document = { name: "result.json", contentType: "application/json", bytes };
    expect(await store.succeed(job.id, taken.token, [document])).toBe(true);
    expect(await store.find(job.id)).toMatchObject({ state: "succeeded", progress: 1 });
    const read = await store.document(job.id, "result.json");
    expect(Buffer.from(read!.bytes)).toEqual(Buffer.from(bytes));
    expect(await store.document(job.id, "other")).toBeUndefined();
  });

  test("the same key is the same job until it ends without success", async () => {
    const first = await submit({ key: "same" });
    expect(await store.submit(request({ key: "same" }))).toMatchObject({ created: false, job: { id: first.id } });
    const { token } = await take();
    await store.fail(first.id, token, THREW);
    const second = await store.submit(request({ key: "same" }));
    expect(second).toMatchObject({ created: true });
    expect(second.job.id).not.toBe(first.id);
    await store.succeed(second.job.id, (await take()).token, []);
    expect(await store.submit(request({ key: "same" }))).toMatchObject({ created: false, job: { state: "succeeded" } });
  });

  test("twenty submitters of one key get one job", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => store.submit(request({ key: "crowd" }))));
    expect(new Set(all.map(({ job }) => job.id)).size).toBe(1);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
  });

  test("no two workers take the same job", async () => {
    for (let i = 0; i < 30; i++) await submit();
    const taken = await Promise.all(Array.from({ length: 40 }, (_, i) => store.take(`w${i}`, KINDS, LEASE_MS)));
    const ids = taken.flatMap((one) => (one ? [one.job.id] : []));
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  test("urgent jobs come first, then those that waited longest; other kinds stay", async () => {
    const [late, early] = [await submit(), await submit()];
    const urgent = await submit({ priority: 5 });
    await submit({ kind: "sweep-shard", priority: 9 });
    expect([(await take()).job.id, (await take()).job.id, (await take()).job.id]).toEqual([
      urgent.id,
      late.id,
      early.id,
    ]);
    expect(await store.take("w", KINDS, LEASE_MS)).toBeUndefined();
  });

  test("a lease that ran out gives the job to another worker, and the first can no longer write", async () => {
    const job = await submit();
    const first = await take();
    await skipTime();
    const before = await clock();
    expect(await store.reclaim()).toMatchObject([
      { id: job.id, state: "queued", failure: { code: "JOB_LEASE_EXPIRED" } },
    ]);
    expect(await dueAfter(job.id, before)).toBeGreaterThanOrEqual(backoffMs(1));
    await skipTime();
    const second = await take();
    expect(second.token).toBeGreaterThan(first.token);
    expect(await store.heartbeat(job.id, first.token, LEASE_MS, 1)).toBe("lost");
    expect(await store.succeed(job.id, first.token, [])).toBe(false);
    expect(await store.fail(job.id, first.token, THREW)).toBe(false);
    expect(await store.retry(job.id, first.token, OUTAGE)).toBe(false);
    expect(await store.release(job.id, first.token)).toBe(false);
    expect(await store.succeed(job.id, second.token, [])).toBe(true);
  });

  test("a job whose every attempt is lost is dead, and can be replayed", async () => {
    const job = await submit({ maxAttempts: 2 });
    const { token } = await take();
    const before = await clock();
    expect(await store.retry(job.id, token, OUTAGE)).toBe(true);
    expect(await store.find(job.id)).toMatchObject({ state: "queued", failure: OUTAGE });
    expect(await dueAfter(job.id, before), "it backs off").toBeGreaterThanOrEqual(backoffMs(1));
    await postgres.query("UPDATE job SET due_at = clock_timestamp() + interval '1 minute'");
    expect(await store.take("early", KINDS, LEASE_MS), "it is not due").toBeUndefined();
    await skipTime();
    await take();
    await skipTime();
    expect(await store.reclaim()).toMatchObject([{ state: "dead", attempts: 2 }]);
    const replayed = await store.replay(job.id);
    expect(replayed).toMatchObject({ state: "queued", attempts: 0 });
    expect(replayed).not.toHaveProperty("failure");
    expect((await take()).job.id).toBe(job.id);
  });

  test("a job that was done again elsewhere is not replayed", async () => {
    const failed = await submit({ key: "twice" });
    await store.fail(failed.id, (await take()).token, THREW);
    await submit({ key: "twice" });
    expect(await store.replay(failed.id)).toBeUndefined();
  });

  test("a failure of the work itself is final at once", async () => {
    const job = await submit();
    expect(await store.fail(job.id, (await take()).token, THREW)).toBe(true);
    expect(await store.find(job.id)).toMatchObject({ state: "failed", failure: THREW, attempts: 1 });
  });

  test("a job given back in order costs no attempt and waits for nothing", async () => {
    const job = await submit();
    expect(await store.release(job.id, (await take()).token)).toBe(true);
    expect((await take()).job).toMatchObject({ id: job.id, attempts: 1 });
  });

  test("cancelling ends a waiting job at once and asks the owner of a running one", async () => {
    const waiting = await submit();
    expect(await store.cancel(waiting.id)).toMatchObject({ state: "cancelled" });
    const running = await submit();
    const { token } = await take();
    const told = new Promise<string>((resolve) => void store.onCancel(resolve));
    // Listening is in place once a second listener is.
    const stop = await store.onCancel(() => {});
    expect(await store.cancel(running.id)).toMatchObject({ state: "running", cancelRequested: true });
    expect(await told).toBe(running.id);
    stop();
    expect(await store.heartbeat(running.id, token, LEASE_MS, 0)).toBe("cancelling");
    expect(await store.cancelled(running.id, token)).toBe(true);
    expect(await store.find(running.id)).toMatchObject({ state: "cancelled" });
    expect(await store.cancel(running.id), "again").toMatchObject({ state: "cancelled" });
    expect(await store.cancel("job-none")).toBeUndefined();
  });

  test("a job whose owner died while it was being cancelled is cancelled", async () => {
    const job = await submit();
    await take();
    await store.cancel(job.id);
    await skipTime();
    expect(await store.reclaim()).toMatchObject([{ id: job.id, state: "cancelled" }]);
  });

  test("success and documents are one: a document that cannot be stored leaves the job running", async () => {
    const job = await submit();
    const { token } = await take();
    const document = { name: "result.json", contentType: "application/json", bytes: new Uint8Array(1) };
    await expect(store.succeed(job.id, token, [document, document])).rejects.toThrow("duplicate key");
    expect(await store.find(job.id)).toMatchObject({ state: "running" });
    expect(await store.document(job.id, "result.json")).toBeUndefined();
  });

  test("lists by state and group, counts, and purges only what ended", async () => {
    const group = await store.submitAll([
      request({ group: "sweep-1", shard: 0 }),
      request({ group: "sweep-1", shard: 1 }),
    ]);
    await store.cancel(group[0]!.id);
    await submit();
    expect((await store.list({ group: "sweep-1" })).map((job) => job.shard)).toEqual([1, 0]);
    expect(await store.list({ states: ["cancelled"] })).toHaveLength(1);
    expect(await store.counts()).toMatchObject({ queued: 2, cancelled: 1, dead: 0 });
    expect(await store.purge(["queued", "cancelled"], Date.now() + 60_000)).toBe(1);
    expect(await store.counts()).toMatchObject({ queued: 2, cancelled: 0 });
  });

  test("every change of state is an event", async () => {
    const before = await postgres.query<{ seq: number }>("SELECT coalesce(max(seq), 0) AS seq FROM event");
    const job = await submit();
    const { token } = await take();
    await store.heartbeat(job.id, token, LEASE_MS, 0.25);
    await store.succeed(job.id, token, []);
    const events = await postgres.query<{ type: string; body: { id: string } }>(
      "SELECT type, body FROM event WHERE seq > $1 ORDER BY seq",
      [before[0]!.seq],
    );
    expect(events.map(({ type }) => type)).toEqual(["job.submitted", "job.started", "job.progressed", "job.succeeded"]);
    expect(new Set(events.map(({ body }) => body.id))).toEqual(new Set([job.id]));
  });
});
