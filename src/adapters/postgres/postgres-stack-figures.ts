import type { StackFigures, StackReading } from "../../ports/stack-figures.ts";
import type { Postgres } from "./postgres.ts";

const SECONDS_SINCE = (moment: string) => `extract(epoch FROM clock_timestamp() - ${moment})::float8`;

/** All in one statement: a scrape must not be a load. */
const READ = `
  SELECT e.epoch,
    coalesce(${SECONDS_SINCE("(SELECT max(at) FROM trading_level_command c WHERE c.epoch = e.epoch)")}, 0) AS epoch_age,
    ${SECONDS_SINCE("(SELECT max(at) FROM trading_level_command WHERE level <> 'RUN')")} AS last_kill_age,
    (SELECT count(*) FROM worker_ack w
      WHERE w.epoch < e.epoch AND w.permit_until > clock_timestamp() - interval '1 minute')::int AS unacknowledged,
    (SELECT count(*) FROM job WHERE state = 'queued')::int AS jobs_waiting,
    coalesce(${SECONDS_SINCE("(SELECT min(due_at) FROM job WHERE state = 'queued' AND due_at < clock_timestamp())")}, 0)
      AS oldest_job_age
  FROM trading_epoch e`;

interface Row {
  readonly epoch: number;
  readonly epoch_age: number;
  readonly last_kill_age: number | null;
  readonly unacknowledged: number;
  readonly jobs_waiting: number;
  readonly oldest_job_age: number;
}

export function postgresStackFigures(postgres: Postgres): StackFigures {
  return {
    async read(): Promise<StackReading> {
      const [row] = await postgres.query<Row>(READ);
      return {
        epoch: row!.epoch,
        epochAge: row!.epoch_age,
        lastKillAge: row!.last_kill_age ?? undefined,
        unacknowledged: row!.unacknowledged,
        jobsWaiting: row!.jobs_waiting,
        oldestJobAge: row!.oldest_job_age,
      };
    },
    async killAge(epoch) {
      const [row] = await postgres.query<{ age: number }>(
        `SELECT ${SECONDS_SINCE("at")} AS age FROM trading_level_command WHERE epoch = $1 AND level <> 'RUN'`,
        [epoch],
      );
      return row?.age;
    },
  };
}
