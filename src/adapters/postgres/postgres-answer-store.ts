import { createHash } from "node:crypto";
import type { AnswerStore } from "../../ports/answer-store.ts";
import type { Postgres } from "./postgres.ts";

interface AnswerRow {
  readonly fingerprint: Buffer;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: string | null;
}

/** A request that died half-way frees its key after this time. */
const ABANDONED = "2 minutes";

export function postgresAnswerStore(postgres: Postgres): AnswerStore {
  return {
    async begin(caller, key, fingerprint) {
      const mark = createHash("sha256").update(fingerprint).digest();
      const isFirst = await postgres.execute(
        `INSERT INTO api_answer (caller, key, fingerprint) VALUES ($1, $2, $3)
         ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint, at = clock_timestamp()
         WHERE api_answer.status IS NULL AND api_answer.at < clock_timestamp() - interval '${ABANDONED}'`,
        [caller, key, mark],
      );
      if (isFirst > 0) return { kind: "begun" };
      const [row] = await postgres.query<AnswerRow>(
        "SELECT fingerprint, status, headers, body FROM api_answer WHERE caller = $1 AND key = $2",
        [caller, key],
      );
      if (!row || (row.status === null && row.fingerprint.equals(mark))) return { kind: "busy" };
      if (!row.fingerprint.equals(mark)) return { kind: "other" };
      return { kind: "kept", answer: { status: row.status ?? 500, headers: row.headers ?? {}, body: row.body ?? "" } };
    },
    async keep(caller, key, { status, headers, body }) {
      await postgres.execute(
        "UPDATE api_answer SET status = $3, headers = $4, body = $5 WHERE caller = $1 AND key = $2",
        [caller, key, status, JSON.stringify(headers), body],
      );
    },
    async forget(caller, key) {
      await postgres.execute("DELETE FROM api_answer WHERE caller = $1 AND key = $2 AND status IS NULL", [caller, key]);
    },
    async trim(olderThanMs) {
      await postgres.execute("DELETE FROM api_answer WHERE at < clock_timestamp() - $1 * interval '1 ms'", [
        olderThanMs,
      ]);
    },
  };
}
