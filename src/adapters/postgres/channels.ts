import type pg from "pg";
import type { Cancel } from "../../core/clock.ts";
import { asOutage } from "./outage.ts";

/** LISTEN over one connection of its own, restored after it breaks. */
export interface Channels {
  listen(channel: string, onNotice: (payload: string) => void, onGap?: () => void): Promise<Cancel>;
  close(): Promise<void>;
}

interface Listener {
  readonly onNotice: (payload: string) => void;
  readonly onGap: (() => void) | undefined;
}

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;

export function openChannels(connect: () => pg.Client): Channels {
  const listeners = new Map<string, Set<Listener>>();
  let client: Promise<pg.Client> | undefined;
  let closed = false;
  let retryMs = FIRST_RETRY_MS;
  let retry: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One statement at a time: a connection takes no second one while it has one. */
  const say = (connected: pg.Client, verb: "LISTEN" | "UNLISTEN", channel: string) => {
    const statement = `${verb} ${connected.escapeIdentifier(channel)}`;
    const said = turn.then(() => connected.query(statement));
    turn = said.catch(() => {});
    return said;
  };

  const open = async (): Promise<pg.Client> => {
    const opened = connect();
    turn = Promise.resolve();
    opened.on("notification", ({ channel, payload }) => {
      for (const listener of listeners.get(channel) ?? []) listener.onNotice(payload ?? "");
    });
    opened.on("error", () => restore(opened));
    opened.on("end", () => restore(opened));
    await opened.connect();
    for (const channel of listeners.keys()) await say(opened, "LISTEN", channel);
    return opened;
  };

  let restoring: pg.Client | undefined;
  const restore = (broken: pg.Client) => {
    if (closed || restoring === broken) return;
    restoring = broken;
    void broken.end().catch(() => {});
    client = undefined;
    scheduleRestore();
  };

  const scheduleRestore = () => {
    if (closed || listeners.size === 0) return;
    clearTimeout(retry);
    retry = setTimeout(async () => {
      if (closed || client) return;
      try {
        client = open();
        await client;
        retryMs = FIRST_RETRY_MS;
        for (const group of [...listeners.values()]) for (const { onGap } of [...group]) onGap?.();
      } catch {
        client = undefined;
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
        scheduleRestore();
      }
    }, retryMs);
  };

  return {
    async listen(channel, onNotice, onGap) {
      const listener = { onNotice, onGap };
      const group = listeners.get(channel) ?? new Set();
      const isNew = group.size === 0;
      listeners.set(channel, group.add(listener));
      try {
        if (client) {
          const connected = await client;
          if (isNew) await say(connected, "LISTEN", channel);
        } else {
          client = open();
          await client;
        }
      } catch (error) {
        client = undefined;
        group.delete(listener);
        if (group.size === 0) listeners.delete(channel);
        throw asOutage(error);
      }
      return () => {
        group.delete(listener);
        if (group.size > 0 || listeners.get(channel) !== group) return;
        listeners.delete(channel);
        void client?.then((connected) => say(connected, "UNLISTEN", channel)).catch(() => {});
      };
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.then((connected) => connected.end()).catch(() => {});
    },
  };
}
