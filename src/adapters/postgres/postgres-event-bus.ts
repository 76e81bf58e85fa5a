import { assert } from "../../core/errors.ts";
import { type EventBus, MAX_MESSAGE_BYTES } from "../../ports/event-bus.ts";
import type { Postgres } from "./postgres.ts";

/** Announcements over NOTIFY. One server, one order. */
export function postgresEventBus(postgres: Postgres): EventBus {
  const channel = (topic: string) => `ttt_bus_${topic}`;
  return {
    publish(topic, message) {
      assert(Buffer.byteLength(message) <= MAX_MESSAGE_BYTES, "a bus message is a hint, not a document");
      return postgres.notify(channel(topic), message);
    },
    subscribe: (topic, onMessage, onGap) => postgres.listen(channel(topic), onMessage, onGap),
    close() {},
  };
}
