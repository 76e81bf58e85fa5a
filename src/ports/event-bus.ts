import type { Cancel } from "../core/clock.ts";
import type { Closable } from "./closable.ts";

/**
 * Tells every process that something happened. Messages to one topic come in order, but one that is sent while a
 * subscriber is disconnected is lost to it; `onGap` then says so, and it looks into the store for what it missed.
 */
export interface EventBus extends Closable {
  publish(topic: Topic, message: string): Promise<void>;
  subscribe(topic: Topic, onMessage: (message: string) => void, onGap?: () => void): Promise<Cancel>;
}

/** Everything that is ever announced. */
export const TOPICS = ["events", "kill", "flags"] as const;
export type Topic = (typeof TOPICS)[number];

/** A message is a hint and not the thing: at most this many bytes. */
export const MAX_MESSAGE_BYTES = 4_000;
