import type { DeskMessage } from "../desk-feed.ts";

type WithoutSequence<T> = T extends unknown ? Omit<T, "sequence"> : never;

/** Takes a message and numbers it within its topic. */
export type DeskSender = (message: WithoutSequence<DeskMessage>) => void;

export function numbered(listener: (message: DeskMessage) => void): DeskSender {
  const next = { services: 0, trading: 0, backtests: 0, incidents: 0, runbooks: 0, logs: 0 };
  return (message) => {
    next[message.topic] += 1;
    listener({ ...message, sequence: next[message.topic] } as DeskMessage);
  };
}
