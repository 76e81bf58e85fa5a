import { OperatorError } from "../../src/core/errors.ts";
import type { ApiStores } from "../../src/runtime/api-stores.ts";
import { HttpRefusal } from "./problem.ts";
import type { Reply } from "./route.ts";

const KEY = /^[\x21-\x7e]{1,128}$/;

export const isUsableKey = (key: string): boolean => KEY.test(key);

/**
 * Answers a request with an idempotency key: the first time by `handle`, and every time after that with what was
 * answered then. Work that threw was not done, and frees its key.
 */
export async function onceOnly(
  answers: ApiStores["answers"],
  request: { readonly caller: string; readonly key: string; readonly fingerprint: string },
  handle: () => Promise<Reply> | Reply,
): Promise<Reply> {
  const { caller, key, fingerprint } = request;
  if (!isUsableKey(key)) {
    throw new HttpRefusal(400, "The idempotency key cannot be used.", {
      exit: "usage",
      code: "IDEMPOTENCY_KEY",
      expected: "1 to 128 visible ASCII characters",
      found: key.slice(0, 40),
    });
  }
  const beginning = await answers.begin(caller, key, fingerprint);
  if (beginning.kind === "busy")
    throw conflict("IDEMPOTENCY_BUSY", "The first request with this key is not done yet.", true);
  if (beginning.kind === "other") throw reusedKey();
  if (beginning.kind === "kept") {
    const { status, headers, body } = beginning.answer;
    return { status, json: JSON.parse(body), headers: { ...headers, "idempotency-replayed": "true" } };
  }
  let reply: Reply;
  try {
    reply = await handle();
  } catch (error) {
    await answers.forget(caller, key).catch(() => {});
    throw error;
  }
  if ("json" in reply) {
    const { status, headers = {}, json } = reply;
    await answers.keep(caller, key, { status, headers, body: JSON.stringify(json) });
  }
  return reply;
}

/**
 * Keeps what a key stands for, where repeating does no harm and no answer is kept. Whether it stood for another request
 * before.
 */
export async function stoodForAnother(
  answers: ApiStores["answers"],
  { caller, key, mark }: { readonly caller: string; readonly key: string; readonly mark: string },
): Promise<boolean> {
  const { kind } = await answers.begin(caller, key, mark);
  if (kind === "begun") await answers.keep(caller, key, { status: 200, headers: {}, body: "{}" });
  return kind === "other";
}

export const reusedKey = (): OperatorError =>
  conflict("IDEMPOTENCY_REUSED", "This key was used for another request.", false);

function conflict(code: string, message: string, retryable: boolean): OperatorError {
  return new OperatorError(message, { exit: "conflict", code, retryable });
}
