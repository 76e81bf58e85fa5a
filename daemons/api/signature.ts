import { createHash, randomUUID } from "node:crypto";
import type { Call } from "./route.ts";

/**
 * Who commands and from where; the caller's idempotency key makes a repeated command the same command. With another
 * body it is another command: a kill of another scope must not be lost to a key that was used before.
 */
export function signatureOf({
  caller,
  requestId,
  header,
  body,
}: Pick<Call<unknown, unknown, unknown>, "caller" | "requestId" | "header"> & { readonly body?: unknown }) {
  const key = header("idempotency-key");
  return {
    commandId: key === undefined ? randomUUID() : `api:${caller.name}:${printable(key)}:${digestOf(body)}`,
    actor: caller.name,
    role: caller.role,
    origin: `api, request ${requestId}`,
  };
}

const printable = (key: string): string => key.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, 128);

const digestOf = (body: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(body) ?? "")
    .digest("hex")
    .slice(0, 12);
