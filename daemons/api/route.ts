import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { z } from "zod";
import type { Role } from "../../src/ops/role.ts";

/** Who sent a request: the name of the token and what it may do. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

/** A request whose every part was checked against the route's schemas. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: Caller;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  header(name: string): string | undefined;
  /** The body as it arrives, for routes that take bytes. */
  readonly stream: Readable;
}

export type Reply =
  | { readonly status: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly status: number;
      readonly bytes: Uint8Array;
      readonly contentType: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly status: 204; readonly headers?: Readonly<Record<string, string>> }
  /** The handler writes by itself and keeps the connection. */
  | { readonly streaming: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void };

export interface ResponseSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` when there is a schema. */
  readonly contentType?: string;
}

/** One operation of the API: what it takes, who may call it, what it answers. The OpenAPI document is made from it. */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  readonly method: "get" | "post" | "put" | "delete";
  /** With `:name` for parameters. */
  readonly path: string;
  /** camelCase and unique: the name of the function in generated clients. */
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  /** The least role; `anyone` needs no token. */
  readonly role: Role | "anyone";
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** The body is bytes of this type, read by the handler. */
  readonly takesBytes?: string;
  /** Never turned away for coming too often: the kill switch. */
  readonly unlimited?: boolean;
  /** A POST that changes nothing: a query whose text is too long for an address. */
  readonly reads?: boolean;
  /** `own`: the route itself sees to it that a repeated request is the same request. */
  readonly repeats?: "own";
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  readonly handle: (call: Call<P, Q, B>) => Promise<Reply> | Reply;
}

/** Declares a route with its schemas' types known to its handler. */
export function route<P, Q, B>(spec: Route<P, Q, B>): Route {
  // The registry holds routes of every shape; each is only ever called with what its own schemas gave.
  return spec as unknown as Route;
}
