import { OutageError } from "../../core/errors.ts";
import type { EventLog, LoggedEvent } from "../../ports/event-log.ts";
import type { Postgres } from "./postgres.ts";

const CHANNEL = "ttt_event";
const PAGE = 500;
/** A follower looks by itself now and then: a notice may be lost while its connection is restored. */
const LOOK_MS = 2_000;
/** Those who leave word for the relay do not ring: a ring would make them wait for each other. */
const RELAY_MS = 200;
const LEVEL_CHANNEL = "ttt_trading_level";

interface EventRow {
  readonly seq: number;
  readonly stream: string;
  readonly type: string;
  readonly at: Date;
  readonly body: unknown;
}

export function postgresEventLog(postgres: Postgres): EventLog {
  const after = async (seq: number, limit: number): Promise<LoggedEvent[]> => {
    const rows = await postgres.query<EventRow>(
      "SELECT seq, stream, type, at, body FROM event WHERE seq > $1 ORDER BY seq LIMIT $2",
      [seq, limit],
    );
    return rows.map((row) => ({ ...row, at: row.at.getTime() }));
  };
  return {
    async append(stream, type, body) {
      await postgres.query("SELECT event_append($1, $2, $3)", [stream, type, JSON.stringify(body)]);
    },
    after,
    async range() {
      const [row] = await postgres.query<{ first: number | null; last: number | null }>(
        "SELECT min(seq) AS first, max(seq) AS last FROM event",
      );
      return { first: row?.first ?? 0, last: row?.last ?? 0 };
    },
    async follow(seq, onEvents) {
      let last = seq;
      let closed = false;
      let reading = false;
      let again = false;
      const look = async () => {
        again = true;
        if (reading) return;
        reading = true;
        try {
          while (again && !closed) {
            again = false;
            const page = await after(last, PAGE);
            if (closed || page.length === 0) continue;
            last = page.at(-1)!.seq;
            onEvents(page);
            again = true;
          }
        } catch (error) {
          // The next notice, gap or look tries again; nothing was skipped.
          if (!(error instanceof OutageError)) throw error;
        } finally {
          reading = false;
        }
      };
      const wake = () => void look();
      const unlisten = await postgres.listen(CHANNEL, wake, wake);
      const timer = setInterval(wake, LOOK_MS);
      await look();
      return {
        close() {
          closed = true;
          clearInterval(timer);
          unlisten();
        },
      };
    },
    async relay() {
      let closed = false;
      let moving: Promise<void> | undefined;
      const move = async () => {
        while (!closed) {
          const [row] = await postgres.query<{ moved: number }>("SELECT event_relay($1) AS moved", [PAGE]);
          if (row?.moved !== PAGE) return;
        }
      };
      const wake = () => {
        // What failed is still there for the next time.
        moving ??= move()
          .catch((error: unknown) => {
            if (!(error instanceof OutageError)) throw error;
          })
          .finally(() => {
            moving = undefined;
          });
      };
      // A kill is told at once; orders and services can wait for the next look.
      const unlisten = await postgres.listen(LEVEL_CHANNEL, wake, wake);
      const timer = setInterval(wake, RELAY_MS);
      return {
        async close() {
          closed = true;
          clearInterval(timer);
          unlisten();
          await moving;
        },
      };
    },
    async trim(count) {
      await postgres.execute("DELETE FROM event WHERE seq <= (SELECT max(seq) FROM event) - $1", [count]);
    },
  };
}
