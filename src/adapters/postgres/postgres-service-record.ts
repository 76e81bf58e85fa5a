import type { ServiceRecord } from "../../ports/service-record.ts";
import type { Postgres } from "./postgres.ts";

/** A row an instance. A trigger makes an event of every row that really changes. */
export function postgresServiceRecord(postgres: Postgres): ServiceRecord {
  return {
    async write(stack, views) {
      await postgres.execute(
        `INSERT INTO service_state AS s (stack, instance, service, state, reason, pid, since)
         SELECT $1, v.instance, v.service, v.state, v.reason, v.pid, to_timestamp(v.since / 1000.0)
         FROM jsonb_to_recordset($2::jsonb)
           AS v(instance text, service text, state text, reason text, pid integer, since float8)
         ON CONFLICT (stack, instance) DO UPDATE SET service = excluded.service, state = excluded.state,
           reason = excluded.reason, pid = excluded.pid, since = excluded.since
         WHERE excluded.since >= s.since
           AND (s.state, s.reason, s.since) IS DISTINCT FROM (excluded.state, excluded.reason, excluded.since)`,
        [stack, JSON.stringify(views)],
      );
    },
    async retain(stack, instances, at) {
      await postgres.execute(
        `UPDATE service_state SET state = 'removed', reason = '', pid = NULL, since = to_timestamp($3 / 1000.0)
         WHERE stack = $1 AND state <> 'removed' AND instance <> ALL ($2)`,
        [stack, instances, at],
      );
    },
  };
}
