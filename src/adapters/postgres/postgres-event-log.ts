import { OutageError } from "../../core/errors.ts";
import type { EventFollower, EventLog, LoggedEvent } from "../../ports/event-log.ts";
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
  const range = async () => {
    const [row] = await postgres.query<{ first: number | null; last: number | null }>(
      "SELECT min(seq) AS first, max(seq) AS last FROM event",
    );
    return { first: row?.first ?? 0, last: row?.last ?? 0 };
  };
  return {
    async append(stream, type, body) {
      await postgres.query("SELECT event_append($1, $2, $3)", [stream, type, JSON.stringify(body)]);
    },
    after,
    range,
    async follow(follower) {
      const look = follow(follower, { after, range });
      const wake = () => void look();
      const unlisten = await postgres.listen(CHANNEL, wake, wake);
      const timer = setInterval(wake, LOOK_MS);
      await look();
      return {
        close() {
          look.end();
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

/** One look after the other at what is new. An outage skips nothing: the next notice, gap or look tries again. */
function follow(
  { begin, take }: EventFollower,
  { after, range }: Pick<EventLog, "after" | "range">,
): (() => Promise<void>) & { end(): void } {
  let last: number | undefined;
  let closed = false;
  let reading = false;
  let again = false;
  const start = ({ last: newest }: { readonly last: number }) => {
    last = newest;
    begin(newest);
  };
  const read = async (from: number) => {
    const page = await after(from, PAGE);
    const newest = page.at(-1)?.seq;
    if (closed) return;
    if (newest !== undefined) {
      last = newest;
      take(page);
      again = true;
      return;
    }
    const kept = await range();
    if (kept.last < from && !closed) start(kept);
  };
  const look = async () => {
    again = true;
    if (reading) return;
    reading = true;
    try {
      while (again && !closed) {
        again = false;
        if (last === undefined) start(await range());
        else await read(last);
      }
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
    } finally {
      reading = false;
    }
  };
  return Object.assign(look, {
    end() {
      closed = true;
    },
  });
}
