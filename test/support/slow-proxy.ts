import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy on a way that can be made long: what passes arrives later, in its order, and nothing is lost. */
export interface SlowProxy {
  readonly port: number;
  /** Milliseconds that everything takes from now on, in each direction. */
  delayMs: number;
  close(): Promise<void>;
}

export async function startSlowProxy(targetPort: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  const proxy = { port: 0, delayMs: 0, close };
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on("data", (chunk) => {
      if (proxy.delayMs === 0) to.write(chunk);
      else setTimeout(() => to.writable && to.write(chunk), proxy.delayMs);
    });
    from.on("error", () => {});
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(targetPort, "127.0.0.1");
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  const address = server.address();
  proxy.port = typeof address === "object" && address !== null ? address.port : 0;
  function close(): Promise<void> {
    return new Promise((closed) => {
      server.close(() => closed());
      for (const socket of sockets) socket.destroy();
    });
  }
  return proxy;
}
