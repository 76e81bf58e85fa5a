import { messageOf, OutageError } from "../../core/errors.ts";
import type { QueueFacts } from "../../ops/doctor/facts.ts";

const CONNECT_TIMEOUT_MS = 4_000;
const QUESTIONS = 5;

/** Looks whether RabbitMQ lets us in, and how fast it answers. Changes nothing. */
export async function checkUpRabbitMq(url: string): Promise<QueueFacts> {
  const { connect } = await import("amqplib");
  try {
    const connection = await connect(url, { timeout: CONNECT_TIMEOUT_MS });
    connection.on("error", () => {});
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    const roundTripsMs: number[] = [];
    for (let question = 0; question < QUESTIONS; question++) {
      const asked = performance.now();
      // Concerns this channel alone, which nobody reads from.
      await channel.prefetch(1);
      roundTripsMs.push(performance.now() - asked);
    }
    await connection.close();
    return { roundTripsMs };
  } catch (error) {
    throw new OutageError("rabbitmq", messageOf(error), { cause: error, hint: "Is the server of AMQP_URL up?" });
  }
}
