import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { openPostgres } from "../../src/adapters/postgres/postgres.ts";
import { postgresEventBus } from "../../src/adapters/postgres/postgres-event-bus.ts";
import { openRedisEventBus } from "../../src/adapters/redis/redis-event-bus.ts";
import { type EventBus, MAX_MESSAGE_BYTES } from "../../src/ports/event-bus.ts";
import { emptyDatabase, redisDatabase } from "../support/servers/shared.ts";

const ADAPTERS: Record<string, { address: () => Promise<string>; open: (url: string) => Promise<EventBus> }> = {
  PostgreSQL: {
    address: emptyDatabase,
    async open(url) {
      const postgres = await openPostgres(url);
      return { ...postgresEventBus(postgres), close: () => postgres.close() };
    },
  },
  Redis: { address: redisDatabase, open: openRedisEventBus },
};

describe.each(Object.entries(ADAPTERS))("event bus on %s", (_name, { address, open }) => {
  const opened: EventBus[] = [];
  let url: string;
  const connect = async (to = url) => {
    const bus = await open(to);
    opened.push(bus);
    return bus;
  };
  /** Collects until `count` messages have come. */
  const collect = (count: number) => {
    const messages: string[] = [];
    let finish = () => {};
    const all = new Promise<string[]>((resolve) => {
      finish = () => resolve(messages);
    });
    return { all, take: (message: string) => void (messages.push(message) === count && finish()) };
  };

  beforeAll(async () => {
    url = await address();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()));
  });

  test("every subscriber hears every message, in order", async () => {
    const [speaker, one, two] = [await connect(), await connect(), await connect()];
    const [first, second] = [collect(200), collect(200)];
    await one.subscribe("events", first.take);
    await two.subscribe("events", second.take);
    const sent = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    for (const message of sent) await speaker.publish("events", message);
    expect(await first.all).toEqual(sent);
    expect(await second.all).toEqual(sent);
  });

  test("topics are apart, and leaving one is final", async () => {
    const [speaker, listener] = [await connect(), await connect()];
    const [events, kill] = [collect(1), collect(1)];
    const left: string[] = [];
    const leave = await listener.subscribe("events", (message) => void left.push(message));
    leave();
    await listener.subscribe("events", events.take);
    await listener.subscribe("kill", kill.take);
    await speaker.publish("events", "for events");
    await speaker.publish("kill", "for kill");
    expect([await events.all, await kill.all, left]).toEqual([["for events"], ["for kill"], []]);
  });

  test("another stack on the same server hears nothing", async () => {
    const [speaker, stranger, listener] = [await connect(), await connect(await address()), await connect()];
    const strange: string[] = [];
    await stranger.subscribe("events", (message) => void strange.push(message));
    const heard = collect(1);
    await listener.subscribe("events", heard.take);
    await speaker.publish("events", "ours");
    await heard.all;
    const own = collect(1);
    await stranger.subscribe("kill", own.take);
    await stranger.publish("kill", "theirs");
    await own.all;
    expect(strange).toEqual([]);
  });

  test("refuses documents: a message is a hint", async () => {
    const speaker = await connect();
    const document = "x".repeat(MAX_MESSAGE_BYTES + 1);
    await expect(async () => speaker.publish("events", document)).rejects.toThrow("hint");
  });
});
