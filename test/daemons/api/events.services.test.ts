import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSse, type ServerSentEvent } from "../../../src/adapters/http/client/read-sse.ts";
import { openPostgres } from "../../../src/adapters/postgres/postgres.ts";
import { postgresServiceRecord } from "../../../src/adapters/postgres/postgres-service-record.ts";
import { startApi, type TestApi } from "../../support/api.ts";
import { migratedDatabase } from "../../support/servers/shared.ts";
import { until } from "../../support/until.ts";

describe("OA-01 events", () => {
  let api: TestApi;
  let database: string;

  beforeAll(async () => {
    database = await migratedDatabase();
    api = await startApi(database);
  });
  afterAll(() => api.close());

  /** Reads until `count` events have come. */
  const read = async (response: Response, count: number): Promise<ServerSentEvent[]> => {
    const events: ServerSentEvent[] = [];
    for await (const event of readSse(response)) {
      events.push(event);
      if (events.length === count) break;
    }
    return events;
  };
  const write = async (count: number, stream = "jobs") => {
    for (let i = 0; i < count; i++) await api.events.append(stream, "test.happened", { i });
  };
  const numbers = (events: readonly ServerSentEvent[]) => events.map(({ data }) => JSON.parse(data).body.i);

  test("a reader that comes back with Last-Event-ID misses nothing", async () => {
    const live = await api.request("/v1/events");
    await write(3);
    const first = await read(live, 3);
    await write(4);
    const headers = { "last-event-id": first.at(-1)!.id! };
    const rest = await read(await api.request("/v1/events", { headers }), 4);
    expect([...numbers(first), ...numbers(rest)]).toEqual([0, 1, 2, 0, 1, 2, 3]);
  });

  test("a reader that was away for thousands of events gets them from the log, then goes on live", async () => {
    const from = (await api.events.range()).last;
    await api.database.query(
      "INSERT INTO event (stream, type, body) SELECT 'jobs', 'test.happened', json_build_object('i', i) FROM generate_series(0, 5999) i",
    );
    const headers = { "last-event-id": String(from) };
    const events = read(await api.request("/v1/events", { headers }), 6_003);
    await write(3);
    expect(numbers(await events)).toEqual([...Array.from({ length: 6_000 }, (_, i) => i), 0, 1, 2]);
  });

  test("a reader that was away for too long is told to start over", async () => {
    await write(1);
    await api.events.trim(1);
    const fresh = await startApi(database);
    const [event] = await read(await fresh.request("/v1/events?after=1"), 1);
    expect(event).toMatchObject({ type: "reset" });
    await fresh.close();
  });

  test("OA-01 a Last-Event-ID that no event ever had is told to start over, and so is one from the future", async () => {
    for (const id of ["garbage", "-1", "0x10", "9".repeat(30), String(api.hub.last + 1_000_000)]) {
      const [event] = await read(await api.request("/v1/events", { headers: { "last-event-id": id } }), 1);
      expect(event, id).toMatchObject({ type: "reset", data: JSON.stringify({ after: api.hub.last }) });
    }
  });

  test("OA-01 a stream that there is not is refused, not followed in silence", async () => {
    for (const streams of ["nope", "jobs,nope", "", "jobs,"]) {
      const answer = await api.request(`/v1/events?streams=${streams}`);
      expect([streams, answer.status]).toEqual([streams, 400]);
      expect(JSON.stringify(await answer.json())).toContain("jobs|orders|kill|services|incidents");
    }
  });

  test("OA-01 HEAD of a stream ends with its headers", async () => {
    const answer = await api.request("/v1/events", { method: "HEAD" });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    expect(await answer.text()).toBe("");
  });

  test("streams can be chosen", async () => {
    const live = await api.request("/v1/events?streams=kill");
    await write(2, "jobs");
    await write(1, "kill");
    expect(numbers(await read(live, 1))).toEqual([0]);
  });

  /** One change of each kind, by what really makes it. */
  const changeEverything = async (turn: number) => {
    const { database: sql } = api;
    await postgresServiceRecord(sql).write("test", [
      {
        instance: "worker-1",
        service: "worker",
        state: turn % 2 ? "ready" : "starting",
        reason: "",
        pid: 1,
        since: turn,
      },
    ]);
    await sql.query("SELECT * FROM trading_level_raise($1, 'BLOCK', 'test')", [`strategy:s${turn}`]);
    await sql.query(ORDER, [`order-${turn}`, turn]);
    await sql.query("UPDATE order_intent SET state = 'filled', filled = 1 WHERE client_order_id = $1", [
      `order-${turn}`,
    ]);
    await sql.query(FILL, [`fill-${turn}`, `order-${turn}`]);
    await api.jobs.submit({ kind: "backtest", key: `key-${turn}`, spec: {}, submittedBy: "test" });
  };
  const A_TURN = ["service.changed", "level.changed", "order.made", "order.changed", "fill.booked", "job.submitted"];

  test("service states, kill levels, orders, fills and jobs become events by themselves, each change once", async () => {
    const live = await api.request("/v1/events");
    await changeEverything(1_000_001);
    const events = await read(live, A_TURN.length);
    expect(events.map(({ type }) => type).sort()).toEqual(A_TURN.toSorted());
    const bodies = Object.fromEntries(events.map(({ type, data }) => [type, JSON.parse(data).body]));
    expect(bodies["service.changed"]).toMatchObject({ instance: "worker-1", state: "ready", since: 1_000_001 });
    expect(bodies["level.changed"]).toMatchObject({ scope: "strategy:s1000001", level: "BLOCK" });
    expect(bodies["order.changed"]).toMatchObject({ id: "order-1000001", state: "filled", filled: "1" });
    expect(bodies["fill.booked"]).toMatchObject({ id: "fill-1000001", order: "order-1000001", price: "100.5" });
    const incidents = await api.request("/v1/events?streams=incidents");
    const opened = await api.post("/v1/incidents", { title: "of this test" });
    const { id } = (await opened.json()) as { id: string };
    expect(JSON.parse((await read(incidents, 1))[0]!.data)).toMatchObject({
      type: "incident.opened",
      body: { incident: id, title: "of this test", severity: "sev2" },
    });
    expect(await api.database.query("SELECT FROM event_outbox")).toEqual([]);
    const again = await api.request("/v1/events?streams=services,kill");
    await postgresServiceRecord(api.database).write("test", [
      { instance: "worker-1", service: "worker", state: "ready", reason: "", pid: 1, since: 1_000_001 },
    ]);
    await api.database.query("SELECT * FROM trading_level_raise('global', 'BLOCK', 'test')");
    expect((await read(again, 1))[0], "what was known already is no event").toMatchObject({ type: "level.changed" });
  });

  test("what changed while no API ran is told when one runs again", async () => {
    const url = await migratedDatabase();
    const first = await startApi(url);
    const { last } = first.hub;
    await first.close();
    const away = await openPostgres(url);
    await away.query("SELECT * FROM trading_level_raise('global', 'BLOCK', 'while it was away')");
    await away.close();
    const second = await startApi(url);
    const [event] = await read(await second.request(`/v1/events?after=${last}`), 1);
    expect(JSON.parse(event!.data).body).toMatchObject({ level: "BLOCK", reason: "while it was away" });
    await second.close();
  });

  test("a log that begins anew tells whoever reads or comes back to look anew, and goes on from there", async () => {
    const fresh = await startApi(await migratedDatabase());
    const append = async (count: number) => {
      for (let i = 0; i < count; i++) await fresh.events.append("jobs", "test.happened", { i });
    };
    const live = await fresh.request("/v1/events");
    await append(5);
    const first = await read(live, 5);
    const next = await fresh.request("/v1/events");
    const there = read(next, 2);
    await fresh.database.query("TRUNCATE event RESTART IDENTITY");
    await until("the log to begin", () => fresh.hub.last === 0);
    const known = { headers: { "last-event-id": first.at(-1)!.id! } };
    const back = read(await fresh.request("/v1/events", known), 2);
    // The reader that came back has to be told before there is news, or the news would be what tells it.
    await until("both to be followed", () => fresh.hub.listeners === 2);
    await append(1);
    for (const events of await Promise.all([there, back])) {
      expect(events.map(({ type }) => type)).toEqual(["reset", "test.happened"]);
    }
    await fresh.close();
  });

  test("500 readers of every stream, half of whom break off and come back, lose no event and get none twice", async () => {
    const tokens = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        api.tokens.create({ name: `reader-${i}`, role: "viewer", createdBy: "test", lifeMs: 3_600_000 }),
      ),
    );
    const from = (await api.events.range()).last;
    const open = (reader: number, headers: Record<string, string>) =>
      api.request(`/v1/events?after=${from}`, {
        headers: { authorization: `Bearer ${tokens[reader % 5]!.token}`, ...headers },
      });
    const opened = await Promise.all(Array.from({ length: 500 }, (_, reader) => open(reader, {})));
    expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]));
    const TURNS = 15;
    const all = opened.map(async (live, reader) => {
      const total = TURNS * A_TURN.length;
      if (reader % 2 === 0) return read(live, total);
      // Each breaks off somewhere else.
      const first = await read(live, 1 + (reader % (total - 1)));
      const rest = await open(reader, { "last-event-id": first.at(-1)!.id! });
      return [...first, ...(await read(rest, total - first.length))];
    });
    for (let turn = 0; turn < TURNS; turn++) await changeEverything(2_000_000 + turn);
    await until("the relay", async () => (await api.database.query("SELECT FROM event_outbox LIMIT 1")).length === 0);
    const expected = (await api.events.after(from, 1_000)).map(({ seq }) => String(seq));
    expect(expected).toHaveLength(TURNS * A_TURN.length);
    for (const events of await Promise.all(all)) expect(events.map(({ id }) => id)).toEqual(expected);
  });
});

const ORDER = `INSERT INTO order_intent (client_order_id, partition, sequence, token, epoch, worker, strategy, account,
  venue, instrument, origin, side, kind, quantity, time_in_force, reduce_only, body, decision, state, lots, notional)
  VALUES ($1, 'p', $2, 1, 1, 'worker-1', 's', 'main', 'paper', 'GOOG', 'strategy', 'buy', 'market', 1, 'gtc', false,
    '{}', '{}', 'initialized', 1, 0)`;
const FILL = `INSERT INTO fill (venue, account, venue_fill_id, client_order_id, partition, strategy, instrument, side,
  quantity, price, fee, venue_time)
  VALUES ('paper', 'main', $1, $2, 'p', 's', 'GOOG', 'buy', 1, 100.5, 0, clock_timestamp())`;
