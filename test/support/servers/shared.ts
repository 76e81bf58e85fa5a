// Real servers for a test file. Each call returns the address of a fresh world on a server that the whole run shares.
import { connect } from "node:net";
import { inject } from "vitest";
import type { DeskReply, Wanted } from "./server-desk.ts";

/** An empty PostgreSQL database. */
export const emptyDatabase = () => ask("database");
/** A PostgreSQL database with every migration applied. */
export const migratedDatabase = () => ask("migrated-database");
/** A Redis database of its own number. Channels are shared by all numbers, as Redis has it. */
export const redisDatabase = () => ask("redis");
/** A RabbitMQ virtual host. The first one asked for waits for the server: some 10 s. */
export const virtualHost = () => ask("amqp");

function ask(wanted: Wanted): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(inject("serverDesk"));
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("end", () => {
      const reply = JSON.parse(text) as DeskReply;
      if ("url" in reply) resolve(reply.url);
      else reject(new Error(`no ${wanted}: ${reply.error}`));
    });
    socket.end(wanted);
  });
}
