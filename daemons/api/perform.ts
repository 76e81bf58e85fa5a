import type { Readable } from "node:stream";
import type { z } from "zod";
import type { ApiStores } from "../../src/runtime/api-stores.ts";
import { InvalidRequest } from "./problem.ts";
import { onceOnly } from "./repeats.ts";
import type { Caller, Reply, Route } from "./route.ts";

/** A request by a caller who may make it, its parts not looked at yet. Where it came from does not matter here. */
export interface Asked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Caller;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly stream: Readable;
  /** What tells it from another request under the same idempotency key, beside the body. */
  readonly address: string;
  header(name: string): string | undefined;
}

/** Carries out the operation of a route: checks every part against its schema, and answers a repeated one as before. */
export async function perform(one: Route, asked: Asked, answers: ApiStores["answers"]): Promise<Reply> {
  const { caller, requestId, traceparent, stream, address } = asked;
  const call = {
    params: checked("path", one.params, asked.params),
    query: checked("query", one.query, asked.query),
    body: checked("body", one.body, asked.body),
    ...{ caller, requestId, traceparent, stream },
    header: (name: string) => asked.header(name),
  };
  const key = asked.header("idempotency-key");
  if (key === undefined || one.method === "get" || one.repeats === "own") return one.handle(call);
  const fingerprint = `${address}\n${JSON.stringify(asked.body)}`;
  return onceOnly(answers, { caller: caller.name, key, fingerprint }, () => one.handle(call));
}

function checked<T>(part: string, schema: z.ZodType<T> | undefined, value: unknown): T | undefined {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw new InvalidRequest(part, result.error);
  return result.data;
}
