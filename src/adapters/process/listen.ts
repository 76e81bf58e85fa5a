import type { ListenOptions, Server } from "node:net";
import { OperatorError } from "../../core/errors.ts";
import { portHolder } from "./port-holder.ts";

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Starts listening and returns the address. With `descriptor` it takes over a socket that is open already. A taken
 * port is a conflict that names the port and, where the kernel lets us see it, who holds it.
 */
export async function listenOn(
  server: Server,
  address: ListenAddress,
  options: { descriptor?: number | undefined } = {},
): Promise<ListenAddress> {
  try {
    await start(server, options.descriptor === undefined ? address : { fd: options.descriptor });
  } catch (error) {
    throw isTaken(error) ? portTaken(address, error) : error;
  }
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? { host: address.host, port: bound.port } : address;
}

/** Like `listenOn`, but a taken port is given up for a free one. */
export async function listenOnOrAnywhere(server: Server, address: ListenAddress): Promise<ListenAddress> {
  try {
    return await listenOn(server, address);
  } catch (error) {
    if (!(error instanceof OperatorError && error.details.code === "PORT_TAKEN")) throw error;
    return listenOn(server, { ...address, port: 0 });
  }
}

function start(server: Server, options: ListenOptions | { fd: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function portTaken({ host, port }: ListenAddress, cause: unknown): OperatorError {
  return new OperatorError(`Port ${port} on ${host} is taken.`, {
    exit: "conflict",
    code: "PORT_TAKEN",
    expected: `port ${port} free`,
    found: `held by ${portHolder(port) ?? "a process that cannot be seen from here"}`,
    hint: "Stop that process, or choose another port: `ttt config` names the setting.",
    cause,
  });
}
