import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Server } from "node:net";
import type { Program } from "../../ports/program.ts";

/**
 * Starts a program that shares our listening socket: both accept from the same queue of the kernel, so that nothing
 * that is on its way is lost when one of them stops. The socket is the child's descriptor 3 (TTT_LISTEN_FD).
 * Returns null when the server has no socket that can be shared.
 */
export function startSharing(server: Server, program: Program, output: string): number | null {
  const listening = descriptorOf(server);
  if (listening === null) return null;
  const file = openSync(output, "a", 0o600);
  try {
    const child = spawn(program.command, [...program.args], {
      detached: true,
      stdio: ["ignore", file, file, listening],
      env: { ...process.env, ...program.env, TTT_LISTEN_FD: "3" },
    });
    child.on("error", () => {});
    child.unref();
    return child.pid ?? null;
  } finally {
    closeSync(file);
  }
}

/** Node keeps the descriptor on its handle and has no public name for it. */
function descriptorOf(server: Server): number | null {
  const handle: unknown = Reflect.get(server, "_handle");
  if (typeof handle !== "object" || handle === null || !("fd" in handle)) return null;
  return typeof handle.fd === "number" && handle.fd >= 0 ? handle.fd : null;
}
