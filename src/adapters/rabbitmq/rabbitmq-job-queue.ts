import type { ChannelModel, ConfirmChannel, ConsumeMessage } from "amqplib";
import { messageOf, OutageError } from "../../core/errors.ts";
import { span, traceparent } from "../../core/trace.ts";
import type { JobQueue } from "../../ports/job-queue.ts";
import { QUEUES } from "./queue-names.ts";

/** A ring that nobody answered in this time is stale: whoever was busy has looked into the store since. */
const RING_TTL_MS = 60_000;
/** Rings beyond this many say nothing new; the oldest are dropped. */
const MOST_RINGS = 10_000;
const HEARTBEAT_S = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const LONGEST_RECONNECT_MS = 2_000;

/**
 * The doorbell over RabbitMQ: each ring wakes one worker. A worker consumes only while it waits, and acknowledges
 * before it works: the delivery timeout of the server never meets a long job, and a ring is never held by a busy worker.
 */
export async function openRabbitMqJobQueue(url: string): Promise<JobQueue> {
  const { connect } = await import("amqplib");
  const waiting = new Set<() => void>();
  let channel: ConfirmChannel | undefined;
  let closed = false;
  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };

  const connection = await connect(withHeartbeat(url), {
    timeout: CONNECT_TIMEOUT_MS,
    recovery: {
      initialMaxRetries: 0,
      maxDelay: LONGEST_RECONNECT_MS,
      async setup(model: ChannelModel) {
        const opened = await model.createConfirmChannel();
        opened.on("error", () => {});
        opened.on("close", () => {
          if (channel === opened) channel = undefined;
          wakeAll();
        });
        await opened.assertQueue(QUEUES.jobs, {
          durable: true,
          arguments: { "x-message-ttl": RING_TTL_MS, "x-max-length": MOST_RINGS, "x-overflow": "drop-head" },
        });
        await opened.prefetch(1);
        channel = opened;
        // Rings may have been lost meanwhile: let whoever waits look for himself.
        wakeAll();
      },
    },
  }).catch((error: unknown) => {
    throw outage(error);
  });
  connection.on("error", () => {});

  return {
    async ring() {
      const open = channel;
      if (!open) throw outage(new Error("the connection is being restored"));
      await span("rabbitmq ring", { kind: "producer" }, () => {
        const context = traceparent();
        const options = context === undefined ? {} : { headers: { traceparent: context } };
        return new Promise<void>((resolve, reject) => {
          open.sendToQueue(QUEUES.jobs, Buffer.alloc(0), options, (error: unknown) =>
            error ? reject(outage(error)) : resolve(),
          );
        });
      });
    },

    async wait(signal) {
      if (signal.aborted || closed) return;
      const over = new AbortController();
      const woken = new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          over.abort();
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
        // A broken channel is restored by the connection, which then wakes everybody.
        if (channel) listen(channel, wake, over.signal).catch(wake);
      });
      await woken;
    },

    async answers() {
      const open = channel;
      if (!open) throw outage(new Error("the connection is being restored"));
      await open.checkQueue(QUEUES.jobs).catch((error: unknown) => {
        throw outage(error);
      });
    },

    async close() {
      closed = true;
      wakeAll();
      await connection.close().catch(() => {});
    },
  };
}

/** Consumes until the first ring or until `over`, then leaves the queue. A second ring goes back. */
async function listen(channel: ConfirmChannel, onRing: () => void, over: AbortSignal): Promise<void> {
  let taken = false;
  const onMessage = (message: ConsumeMessage | null) => {
    if (!message) return onRing();
    if (taken || over.aborted) return channel.nack(message, false, true);
    taken = true;
    channel.ack(message);
    onRing();
  };
  const { consumerTag } = await channel.consume(QUEUES.jobs, onMessage);
  const leave = () => void channel.cancel(consumerTag).catch(() => {});
  if (over.aborted) leave();
  else over.addEventListener("abort", leave, { once: true });
}

/** So that a connection that died silently is known within two beats. */
function withHeartbeat(url: string): string {
  const address = new URL(url);
  if (!address.searchParams.has("heartbeat")) address.searchParams.set("heartbeat", String(HEARTBEAT_S));
  return address.href;
}

function outage(cause: unknown): OutageError {
  return new OutageError("rabbitmq", messageOf(cause), { cause, hint: "Is the server of AMQP_URL up?" });
}
