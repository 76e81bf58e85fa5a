import { assert } from "../../core/errors.ts";
import { type EventBus, MAX_MESSAGE_BYTES } from "../../ports/event-bus.ts";
import { channels } from "./keys.ts";
import { openRedis, redisCall } from "./redis.ts";

interface Subscriber {
  readonly onMessage: (message: string) => void;
  readonly onGap: (() => void) | undefined;
}

/** Announcements over Redis publish and subscribe: one connection to speak, one to listen. */
export async function openRedisEventBus(url: string): Promise<EventBus> {
  const speaker = await openRedis(url);
  const listener = await openRedis(url, { subscriber: true }).catch((error: unknown) => {
    speaker.disconnect();
    throw error;
  });
  const database = speaker.options.db ?? 0;
  const subscribers = new Map<string, Set<Subscriber>>();
  listener.on("message", (channel: string, message: string) => {
    for (const { onMessage } of [...(subscribers.get(channel) ?? [])]) onMessage(message);
  });
  // The client subscribes again by itself before it is ready again.
  listener.on("ready", () => {
    for (const group of [...subscribers.values()]) for (const { onGap } of [...group]) onGap?.();
  });

  return {
    async publish(topic, message) {
      assert(Buffer.byteLength(message) <= MAX_MESSAGE_BYTES, "a bus message is a hint, not a document");
      await redisCall(speaker.publish(channels.bus(database, topic), message));
    },
    async subscribe(topic, onMessage, onGap) {
      const channel = channels.bus(database, topic);
      const group = subscribers.get(channel) ?? new Set();
      const subscriber = { onMessage, onGap };
      subscribers.set(channel, group.add(subscriber));
      await redisCall(listener.subscribe(channel));
      return () => {
        group.delete(subscriber);
        if (group.size > 0 || subscribers.get(channel) !== group) return;
        subscribers.delete(channel);
        void listener.unsubscribe(channel).catch(() => {});
      };
    },
    close() {
      speaker.disconnect();
      listener.disconnect();
    },
  };
}
