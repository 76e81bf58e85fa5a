import { randomUUID } from "node:crypto";
import type { Call } from "./route.ts";

/** Who commands and from where; the caller's idempotency key makes a repeated command the same command. */
export function signatureOf({
  caller,
  requestId,
  header,
}: Pick<Call<unknown, unknown, unknown>, "caller" | "requestId" | "header">) {
  const key = header("idempotency-key");
  return {
    commandId:
      key === undefined ? randomUUID() : `api:${caller.name}:${key}`.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200),
    actor: caller.name,
    role: caller.role,
    origin: `api, request ${requestId}`,
  };
}
