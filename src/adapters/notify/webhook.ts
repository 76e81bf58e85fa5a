import { createHmac } from "node:crypto";
import type { Notice } from "../../ops/incident/notice.ts";

/**
 * What a generic webhook gets: the notice as JSON, and headers that prove where it comes from. The signature is the
 * HMAC-SHA256 of `TIME.BODY`, so that an old message cannot be played again as a new one.
 */
export function webhookMessage(
  notice: Notice,
  id: string,
  options: { readonly secret: string | undefined; readonly now: number },
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const body = JSON.stringify({ id, ...notice });
  const time = String(Math.floor(options.now / 1000));
  const headers = { "x-ttt-delivery": id };
  if (options.secret === undefined) return { body, headers };
  const signature = createHmac("sha256", options.secret).update(`${time}.${body}`).digest("hex");
  return { body, headers: { ...headers, "x-ttt-signature": `t=${time},v1=${signature}` } };
}
