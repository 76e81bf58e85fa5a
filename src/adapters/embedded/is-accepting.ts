import { connect } from "node:net";
import { join } from "node:path";

/** What the server says to a new client: `accepting`, `refusing` (starting, stopping), or why it says nothing. */
export type ServerAnswer = { readonly state: "accepting" | "refusing" | "silent"; readonly detail: string };

/**
 * Knocks as pg_isready does: a start-up packet, and the first letter of the answer tells. It goes through the
 * listening process and a new backend, so a server that is stopped or stuck does not pass; and it needs no password.
 */
export function isAccepting(
  socketFolder: string,
  port: number,
  user: string,
  timeoutMs: number,
): Promise<ServerAnswer> {
  return new Promise((resolve) => {
    const socket = connect(join(socketFolder, `.s.PGSQL.${port}`));
    const settle = (state: ServerAnswer["state"], detail: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ state, detail });
    };
    const timer = setTimeout(() => settle("silent", `no answer within ${timeoutMs} ms`), timeoutMs);
    socket.on("error", (error) => settle("silent", error.message));
    socket.on("close", () => settle("silent", "closed without an answer"));
    socket.on("connect", () => socket.write(startupPacket(user)));
    socket.once("data", (chunk) => {
      if (chunk[0] === "R".charCodeAt(0)) settle("accepting", "asks for the password");
      else settle("refusing", errorText(chunk));
    });
  });
}

/** Protocol 3.0: length, version, then names and values, each ended by a zero. */
function startupPacket(user: string): Buffer {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0application_name\0ttt-probe\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
}

/** Of an error answer the field M: the message for people. */
function errorText(chunk: Buffer): string {
  const fields = chunk.subarray(5).toString("utf8").split("\0");
  return fields.find((field) => field.startsWith("M"))?.slice(1) ?? "refused";
}
