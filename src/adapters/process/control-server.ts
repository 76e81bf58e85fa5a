import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { messageOf, OperatorError } from "../../core/errors.ts";
import { lineSplitter } from "../../core/line-splitter.ts";
import { systemError } from "../../core/system-error.ts";
import { span } from "../../core/trace.ts";
import type { Closable } from "../../ports/closable.ts";
import { controlCall } from "./control-client.ts";
import type { ControlError, ControlReply, ControlRequest } from "./control-protocol.ts";
import { holdLock } from "./lock.ts";

/** Answers one command. What it returns is the reply; what it throws becomes the caller's error. */
export type ControlHandler = (params: unknown) => unknown;
/** Feeds one watcher until `signal` aborts (the watcher left, or the server closes). */
export type ControlStream = (params: unknown, emit: (event: unknown) => void, signal: AbortSignal) => void;

export interface ControlServer extends Closable {
  readonly path: string;
  on(command: string, handler: ControlHandler): void;
  stream(command: string, stream: ControlStream): void;
  /** Answers the same at a second path, under that path's own lock, until it is closed. */
  alsoAt(path: string): Promise<Closable>;
}

/** A watcher that does not read is cut off rather than buffered without end. */
const MOST_UNSENT_BYTES = 8 * 1024 * 1024;

/**
 * Listens on a unix socket that only its owner may use, under a lock: when another live process holds it, this
 * throws a conflict; a socket left behind by a killed process is replaced.
 */
export async function openControlServer(path: string): Promise<ControlServer> {
  const handlers = new Map<string, ControlHandler>();
  const streams = new Map<string, ControlStream>();

  const answer = async (line: string, reply: (message: ControlReply) => void, signal: AbortSignal) => {
    const request = parseRequest(line);
    if (!request) return reply({ id: 0, ok: false, error: { code: "CONTROL_MALFORMED", message: "not a request" } });
    const { id, command, params, traceparent } = request;
    const stream = streams.get(command);
    const handler = handlers.get(command);
    try {
      if (stream) stream(params, (event) => reply({ id, event }), signal);
      else if (handler)
        reply({ id, ok: true, data: (await traced(command, traceparent, () => handler(params))) ?? null });
      else reply({ id, ok: false, error: { code: "CONTROL_UNKNOWN", message: `unknown command ${command}` } });
    } catch (error) {
      reply({ id, ok: false, error: describe(error) });
    }
  };

  const socket = await listenAt(path, answer);
  return {
    path,
    on: (command, handler) => void handlers.set(command, handler),
    stream: (command, stream) => void streams.set(command, stream),
    alsoAt: (other) => listenAt(other, answer),
    close: () => socket.close(),
  };
}

/** Only what a caller traces: a watchdog's questions are no story. */
function traced(command: string, parent: string | undefined, work: () => unknown): unknown {
  return parent === undefined ? work() : span(`control ${command}`, { kind: "server", parent }, async () => work());
}

type Answer = (line: string, reply: (message: ControlReply) => void, signal: AbortSignal) => Promise<void>;

async function listenAt(path: string, answer: Answer): Promise<Closable> {
  const lock = await holdLock(path);
  if (!lock) throw await conflict(path);
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    serve(socket, answer);
  });
  rmSync(path, { force: true });
  await listen(server, path);
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise<void>((resolve) => {
        // Closing the server also removes the socket file.
        server.close(() => resolve(lock.close()));
        for (const socket of connections) socket.destroy();
      }),
  };
}

function serve(socket: Socket, answer: Answer): void {
  const left = new AbortController();
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("close", () => left.abort());
  const reply = (message: ControlReply) => {
    if (socket.destroyed) return;
    socket.write(`${JSON.stringify(message)}\n`);
    if (socket.writableLength > MOST_UNSENT_BYTES) socket.destroy();
  };
  const split = lineSplitter(
    (line) => void answer(line, reply, left.signal),
    () => socket.destroy(),
  );
  socket.on("data", (chunk) => split(String(chunk)));
}

async function conflict(path: string): Promise<OperatorError> {
  const holder = await controlCall(path, "identity", undefined, { timeoutMs: 1_000 }).catch(messageOf);
  return new OperatorError("Another process already runs here.", {
    exit: "conflict",
    code: "INSTANCE_RUNNING",
    expected: `nobody holding ${path}`,
    found: typeof holder === "string" ? holder : JSON.stringify(holder),
    hint: "ttt status",
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      server.on("error", () => {});
      resolve();
    });
  });
}

function parseRequest(line: string): ControlRequest | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    if (!("id" in value) || typeof value.id !== "number") return undefined;
    if (!("command" in value) || typeof value.command !== "string") return undefined;
    return {
      id: value.id,
      command: value.command,
      params: "params" in value ? value.params : undefined,
      ...("traceparent" in value && typeof value.traceparent === "string" && { traceparent: value.traceparent }),
    };
  } catch {
    return undefined;
  }
}

function describe(thrown: unknown): ControlError {
  const error = systemError(thrown) ?? thrown;
  if (!(error instanceof OperatorError)) return { code: "BUG", message: messageOf(error) };
  const { code, exit, hint } = error.details;
  return { code, message: error.message, exit, ...(hint !== undefined && { hint }) };
}
