import { connect, type Socket } from "node:net";
import { OperatorError } from "../../core/errors.ts";
import { EXIT_CODES, type ExitName } from "../../core/exit-codes.ts";
import { lineSplitter } from "../../core/line-splitter.ts";
import { traceparent } from "../../core/trace.ts";
import type { ControlReply } from "./control-protocol.ts";

/** A stream of events over a control socket. */
export interface ControlWatch {
  /** Resolves when the other side closes or breaks the stream, or after `close`. */
  readonly ended: Promise<void>;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * One command over a control socket, and its answer. Throws CONTROL_ABSENT (exit notRunning) when nobody listens,
 * CONTROL_TIMEOUT when the process is there but does not answer, or the error the other side replied with.
 */
export function controlCall(
  path: string,
  command: string,
  params?: unknown,
  options: { timeoutMs?: number } = {},
): Promise<unknown> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return new Promise((resolve, reject) => {
    const socket = open(path, command, params, (reply) => {
      settle(() => {
        if ("event" in reply) return resolve(reply.event);
        if (reply.ok) resolve(reply.data);
        else reject(toError(reply.error));
      });
    });
    const timer = setTimeout(() => settle(() => reject(silent(path, command, timeoutMs))), timeoutMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      act();
    };
    socket.on("error", (error) => settle(() => reject(absent(path, error))));
    socket.on("close", () => settle(() => reject(absent(path))));
  });
}

/** Starts a stream and calls `onEvent` for each event. Throws like `controlCall` when nobody listens. */
export function controlWatch(
  path: string,
  command: string,
  params: unknown,
  onEvent: (event: unknown) => void,
): Promise<ControlWatch> {
  return new Promise((resolve, reject) => {
    let finish = () => {};
    const ended = new Promise<void>((done) => {
      finish = done;
    });
    const socket = open(path, command, params, (reply) => {
      if ("event" in reply) onEvent(reply.event);
      else if (!reply.ok) {
        reject(toError(reply.error));
        socket.destroy();
      }
    });
    socket.on("connect", () => resolve({ ended, close: () => socket.destroy() }));
    socket.on("error", (error) => reject(absent(path, error)));
    socket.on("close", () => finish());
  });
}

function open(path: string, command: string, params: unknown, onReply: (reply: ControlReply) => void): Socket {
  const socket = connect(path);
  socket.setEncoding("utf8");
  const split = lineSplitter(
    (line) => onReply(JSON.parse(line) as ControlReply),
    () => socket.destroy(),
  );
  socket.on("data", (chunk) => split(String(chunk)));
  socket.write(`${JSON.stringify({ id: 1, command, params, traceparent: traceparent() })}\n`);
  return socket;
}

function absent(path: string, cause?: unknown): OperatorError {
  return new OperatorError("Nothing answers there: it is not running.", {
    exit: "notRunning",
    code: "CONTROL_ABSENT",
    found: `no listener on ${path}`,
    hint: "ttt up",
    retryable: true,
    cause,
  });
}

function silent(path: string, command: string, timeoutMs: number): OperatorError {
  return new OperatorError(`No answer to ${command} within ${timeoutMs} ms: the process is there, but it hangs.`, {
    exit: "timeout",
    code: "CONTROL_TIMEOUT",
    found: path,
    hint: "ttt status",
    retryable: true,
  });
}

function toError(error: { code: string; message: string; exit?: string; hint?: string }): OperatorError {
  const exit = error.exit !== undefined && error.exit in EXIT_CODES ? (error.exit as ExitName) : "bug";
  return new OperatorError(error.message, {
    exit,
    code: error.code,
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}
