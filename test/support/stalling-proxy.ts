import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy in front of a server, to take the server away without ending it. */
export interface StallingProxy {
  readonly port: number;
  /** Nothing passes any more, in either direction; connections stay open and new ones are taken. */
  stall(): void;
  /** What was held goes on. */
  resume(): void;
  /** Breaks every connection and refuses new ones until `resume`. */
  cut(): void;
  close(): Promise<void>;
}

export async function startStallingProxy(targetPort: number): Promise<StallingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: "open" | "stalled" | "cut" = "open";
  const server = createServer((client) => {
    client.on("error", () => {});
    if (state === "cut") {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, "127.0.0.1");
    upstream.on("error", () => {});
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.on("data", (chunk) => void upstream.write(chunk));
    upstream.on("data", (chunk) => void client.write(chunk));
    for (const socket of pair) {
      socket.on("close", () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
      if (state === "stalled") socket.pause();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const each = (act: (socket: Socket) => void) => {
    for (const pair of pairs) for (const socket of pair) act(socket);
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    stall() {
      state = "stalled";
      each((socket) => socket.pause());
    },
    resume() {
      state = "open";
      each((socket) => socket.resume());
    },
    cut() {
      state = "cut";
      each((socket) => socket.destroy());
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        each((socket) => socket.destroy());
      }),
  };
}
