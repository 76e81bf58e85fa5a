import type { Redis } from "ioredis";
import { messageOf, OperatorError, OutageError } from "../../core/errors.ts";

const CONNECT_TIMEOUT_MS = 3_000;
const COMMAND_TIMEOUT_MS = 3_000;
const LONGEST_RECONNECT_MS = 1_000;

/**
 * A connection that restores itself. While there is none a command fails at once instead of waiting: wrap calls in
 * `redisCall`. Throws OutageError when the first connection fails.
 */
export async function openRedis(url: string, options: { subscriber?: boolean } = {}): Promise<Redis> {
  const { Redis: Client } = await import("ioredis");
  const client = new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(!options.subscriber && { commandTimeout: COMMAND_TIMEOUT_MS }),
    // Commands of the past must not be carried out by surprise after an outage.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, LONGEST_RECONNECT_MS),
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.disconnect();
    throw redisOutage(error);
  }
}

/** The call's result, its failures to reach the server as OutageErrors. */
export async function redisCall<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    // What the server itself says against a command is a defect or a setting; the rest is the connection.
    throw error instanceof Error && error.name === "ReplyError" ? error : redisOutage(error);
  }
}

function redisOutage(error: unknown): OperatorError {
  if (error instanceof Error && /WRONGPASS|NOAUTH|NOPERM/.test(error.message)) {
    return new OperatorError("Redis does not accept the credentials.", {
      exit: "configuration",
      code: "REDIS_CREDENTIALS",
      found: error.message,
      hint: "Check REDIS_URL.",
      cause: error,
    });
  }
  return new OutageError("redis", messageOf(error), { cause: error, hint: "Is the server of REDIS_URL up?" });
}
