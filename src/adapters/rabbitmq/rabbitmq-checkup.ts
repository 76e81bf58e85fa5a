import { messageOf, OutageError } from "../../core/errors.ts";
import type { QueueFacts } from "../../ops/doctor/facts.ts";

const CONNECT_TIMEOUT_MS = 4_000;

/** Looks whether RabbitMQ lets us in, and how long it takes. */
export async function checkUpRabbitMq(url: string): Promise<QueueFacts> {
  const { connect } = await import("amqplib");
  const asked = performance.now();
  try {
    const connection = await connect(url, { timeout: CONNECT_TIMEOUT_MS });
    const connectMs = performance.now() - asked;
    connection.on("error", () => {});
    await connection.close();
    return { connectMs };
  } catch (error) {
    throw new OutageError("rabbitmq", messageOf(error), { cause: error, hint: "Is the server of AMQP_URL up?" });
  }
}
