import { messageOf } from "../../core/errors.ts";
import { NotAccepted } from "../../ops/incident/not-accepted.ts";

/** More of an answer is not looked at. */
const MOST_OF_ANSWER = 200;

/** Posts a JSON body. Rejects with NotAccepted, whose message names the host and never the address: that is a secret. */
export async function postJson(
  url: string,
  body: string,
  { headers = {}, signal }: { readonly headers?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<void> {
  const { host } = addressOf(url);
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      signal,
      // A receiver that moved says so to the operator, not to whoever it points at.
      redirect: "error",
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new NotAccepted(`${host}: ${messageOf(cause)}`, { retryable: true, cause: error });
  }
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const answer = (await response.text().catch(() => "")).slice(0, MOST_OF_ANSWER).replaceAll(/\s+/g, " ");
  const retryable = response.status === 429 || response.status === 408 || response.status >= 500;
  const after = Number(response.headers.get("retry-after"));
  throw new NotAccepted(`${host} answered ${response.status} ${answer}`.trim(), {
    retryable,
    retryAfterMs: Number.isFinite(after) && after > 0 ? after * 1_000 : undefined,
  });
}

function addressOf(url: string): URL {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url);
  throw new NotAccepted("the address is not one of http or https", { retryable: false });
}
