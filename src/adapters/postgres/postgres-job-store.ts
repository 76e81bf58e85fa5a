import { randomBytes } from "node:crypto";
import {
  backoffMs,
  JOB_KINDS,
  JOB_STATES,
  type Job,
  type JobFailure,
  type JobState,
  MAX_ATTEMPTS,
} from "../../ops/job.ts";
import type { JobRequest, JobStore, LeaseState, TakenJob } from "../../ports/job-store.ts";
import { JOB_COLUMNS, type JobRow, toJob } from "./job-rows.ts";
import type { Postgres, Sql } from "./postgres.ts";

const CANCEL_CHANNEL = "ttt_job_cancel";
const MOST_LISTED = 1000;
/** A crowd of lost jobs (a host that died) is taken back in bites. */
const MOST_RECLAIMED = 200;

/** The job's row is its own lock: every write of a worker names the token it was given. Time is the server's. */
export function postgresJobStore(postgres: Postgres): JobStore {
  return {
    async submit(request) {
      // Another submitter may take the key, and its job may end, between the two statements: then begin again.
      for (;;) {
        const inserted = await insert(postgres, request);
        if (inserted) return { job: inserted, created: true };
        const existing = await one(postgres, `key = $1 AND state IN ('queued', 'running', 'succeeded')`, [request.key]);
        if (existing) return { job: existing, created: false };
      }
    },

    submitAll: (requests) =>
      postgres.transaction(async (sql) => {
        const jobs: Job[] = [];
        for (const request of requests) {
          const job =
            (await insert(sql, request)) ??
            (await one(sql, `key = $1 AND state IN ('queued', 'running', 'succeeded')`, [request.key]));
          if (job) jobs.push(job);
        }
        return jobs;
      }),

    find: (id) => one(postgres, "id = $1", [id]),

    async list({ states = JOB_STATES, kinds = JOB_KINDS, group, limit = 100 } = {}) {
      const rows = await postgres.query<JobRow>(
        `SELECT ${JOB_COLUMNS} FROM job
         WHERE state = ANY($1) AND kind = ANY($2) AND ($3::text IS NULL OR group_id = $3)
         ORDER BY number DESC LIMIT $4`,
        [states, kinds, group ?? null, Math.min(limit, MOST_LISTED)],
      );
      return rows.map(toJob);
    },

    async counts() {
      const rows = await postgres.query<{ state: JobState; count: number }>(
        "SELECT state, count(*) AS count FROM job GROUP BY state",
      );
      const found = new Map(rows.map((row) => [row.state, row.count]));
      return {
        queued: found.get("queued") ?? 0,
        running: found.get("running") ?? 0,
        succeeded: found.get("succeeded") ?? 0,
        failed: found.get("failed") ?? 0,
        cancelled: found.get("cancelled") ?? 0,
        dead: found.get("dead") ?? 0,
      };
    },

    async take(owner, kinds, leaseMs): Promise<TakenJob | undefined> {
      const [row] = await postgres.query<JobRow>(
        `WITH next AS (
           SELECT id FROM job WHERE state = 'queued' AND kind = ANY($2) AND due_at <= clock_timestamp()
           ORDER BY priority DESC, number LIMIT 1 FOR UPDATE SKIP LOCKED)
         UPDATE job SET state = 'running', attempts = attempts + 1, token = token + 1, owner = $1, progress = 0,
           lease_until = clock_timestamp() + $3 * interval '1 ms', started_at = clock_timestamp(), finished_at = NULL
         FROM next WHERE job.id = next.id RETURNING ${JOB_COLUMNS}`,
        [owner, kinds, leaseMs],
      );
      return row && { job: toJob(row), token: row.token };
    },

    async heartbeat(id, token, leaseMs, progress): Promise<LeaseState> {
      const [row] = await postgres.query<{ cancel_requested: boolean }>(
        `UPDATE job SET lease_until = clock_timestamp() + $3 * interval '1 ms', progress = $4
         WHERE id = $1 AND token = $2 AND state = 'running' RETURNING cancel_requested`,
        [id, token, leaseMs, progress],
      );
      if (!row) return "lost";
      return row.cancel_requested ? "cancelling" : "held";
    },

    succeed: (id, token, documents) =>
      postgres.transaction(async (sql) => {
        const held = await end(sql, id, token, "succeeded", null, ", progress = 1");
        if (!held) return false;
        for (const { name, contentType, bytes } of documents) {
          await sql.execute("INSERT INTO job_document (job_id, name, content_type, bytes) VALUES ($1, $2, $3, $4)", [
            id,
            name,
            contentType,
            Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
          ]);
        }
        return true;
      }),

    fail: (id, token, failure) => end(postgres, id, token, "failed", failure),
    cancelled: (id, token) => end(postgres, id, token, "cancelled", null),

    retry: (id, token, failure) =>
      postgres.transaction(async (sql) => {
        const [row] = await sql.query<JobRow>(
          `SELECT ${JOB_COLUMNS} FROM job WHERE id = $1 AND token = $2 AND state = 'running' FOR UPDATE`,
          [id, token],
        );
        if (row) await giveBack(sql, row, failure);
        return row !== undefined;
      }),

    async release(id, token) {
      const changed = await postgres.execute(
        `UPDATE job SET state = CASE WHEN cancel_requested THEN 'cancelled' ELSE 'queued' END,
           finished_at = CASE WHEN cancel_requested THEN clock_timestamp() END,
           attempts = attempts - 1, owner = NULL, lease_until = NULL, progress = 0, due_at = clock_timestamp()
         WHERE id = $1 AND token = $2 AND state = 'running'`,
        [id, token],
      );
      return changed > 0;
    },

    async cancel(id) {
      const [row] = await postgres.query<JobRow>(
        `UPDATE job SET cancel_requested = true,
           state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
           finished_at = CASE state WHEN 'queued' THEN clock_timestamp() ELSE finished_at END
         WHERE id = $1 AND state IN ('queued', 'running') RETURNING ${JOB_COLUMNS}`,
        [id],
      );
      return row ? toJob(row) : one(postgres, "id = $1", [id]);
    },

    reclaim: () =>
      postgres.transaction(async (sql) => {
        const rows = await sql.query<JobRow>(
          `SELECT ${JOB_COLUMNS} FROM job WHERE state = 'running' AND lease_until < clock_timestamp()
           ORDER BY lease_until LIMIT ${MOST_RECLAIMED} FOR UPDATE SKIP LOCKED`,
        );
        const reclaimed: Job[] = [];
        for (const row of rows) reclaimed.push(await giveBack(sql, row, leaseRanOut(row)));
        return reclaimed;
      }),

    async replay(id) {
      const [row] = await postgres.query<JobRow>(
        `UPDATE job SET state = 'queued', attempts = 0, failure = NULL, cancel_requested = false, owner = NULL,
           progress = 0, started_at = NULL, finished_at = NULL, due_at = clock_timestamp()
         WHERE id = $1 AND state IN ('failed', 'cancelled', 'dead')
           AND NOT EXISTS (SELECT 1 FROM job other WHERE other.key = job.key AND other.id <> job.id
                           AND other.state IN ('queued', 'running', 'succeeded'))
         RETURNING ${JOB_COLUMNS}`,
        [id],
      );
      return row && toJob(row);
    },

    purge: (states, endedBefore) =>
      postgres.execute(
        `DELETE FROM job WHERE state = ANY($1) AND state NOT IN ('queued', 'running')
           AND finished_at < to_timestamp($2 / 1000.0)`,
        [states, endedBefore],
      ),

    async document(id, name) {
      const [row] = await postgres.query<{ content_type: string; bytes: Buffer }>(
        "SELECT content_type, bytes FROM job_document WHERE job_id = $1 AND name = $2",
        [id, name],
      );
      return row && { name, contentType: row.content_type, bytes: row.bytes };
    },

    onCancel: (callback) => postgres.listen(CANCEL_CHANNEL, callback),
  };
}

async function insert(sql: Sql, request: JobRequest): Promise<Job | undefined> {
  const [row] = await sql.query<JobRow>(
    `INSERT INTO job (id, kind, key, spec, priority, max_attempts, group_id, shard, submitted_by, traceparent)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (key) WHERE state IN ('queued', 'running', 'succeeded') DO NOTHING RETURNING ${JOB_COLUMNS}`,
    [
      `job-${randomBytes(8).toString("hex")}`,
      request.kind,
      request.key,
      JSON.stringify(request.spec),
      request.priority ?? 0,
      request.maxAttempts ?? MAX_ATTEMPTS,
      request.group ?? null,
      request.shard ?? null,
      request.submittedBy,
      request.traceparent ?? null,
    ],
  );
  return row && toJob(row);
}

async function one(sql: Sql, condition: string, values: readonly unknown[]): Promise<Job | undefined> {
  const [row] = await sql.query<JobRow>(`SELECT ${JOB_COLUMNS} FROM job WHERE ${condition}`, values);
  return row && toJob(row);
}

async function end(
  sql: Sql,
  id: string,
  token: number,
  state: JobState,
  failure: JobFailure | null,
  also = "",
): Promise<boolean> {
  const changed = await sql.execute(
    `UPDATE job SET state = $3, failure = $4, lease_until = NULL, finished_at = clock_timestamp()${also}
     WHERE id = $1 AND token = $2 AND state = 'running'`,
    [id, token, state, failure && JSON.stringify(failure)],
  );
  return changed > 0;
}

/** After a lost attempt, with the row locked: cancelled when that was asked for, waiting again, or dead. */
async function giveBack(sql: Sql, row: JobRow, failure: JobFailure): Promise<Job> {
  const state = row.cancel_requested ? "cancelled" : row.attempts >= row.max_attempts ? "dead" : "queued";
  const [after] = await sql.query<JobRow>(
    `UPDATE job SET state = $2, failure = $3, lease_until = NULL, owner = NULL, progress = 0,
       finished_at = CASE WHEN $2 = 'queued' THEN NULL ELSE clock_timestamp() END,
       due_at = clock_timestamp() + $4 * interval '1 ms'
     WHERE id = $1 RETURNING ${JOB_COLUMNS}`,
    [row.id, state, JSON.stringify(failure), backoffMs(row.attempts)],
  );
  return toJob(after!);
}

function leaseRanOut(row: JobRow): JobFailure {
  return {
    code: "JOB_LEASE_EXPIRED",
    message: `${row.owner ?? "its backtester"} stopped reporting while it ran this job (attempt ${row.attempts}).`,
    exit: "outage",
    hint: "ttt logs backtester",
  };
}
