import type { RequestOpts } from "@oazapfts/runtime";
import { type Asking, ask, type CallOptions } from "./ask.ts";
import { type ApiEvent, type BacktestChange, type EventWish, followBacktest, followEvents } from "./follow.ts";
import * as operations from "./operations.ts";

export interface ConnectOptions {
  /** `https://host:port`, with a path where a proxy has put one before. */
  readonly url: string;
  readonly token: string;
  /** For a whole answer, unless a call says otherwise. 30 s when left out. */
  readonly timeoutMs?: number;
  /** What requests are made with; the platform's own when left out. */
  readonly fetch?: typeof fetch;
}

/**
 * Every operation of the API by its name, with its parameters as one object; what it resolves to is the answer's
 * body. Beside them the two streams, and `request` for anything else. All throw what `ask` throws.
 */
export type Client = Omit<Operations, "followEvents" | "followBacktest"> & {
  /** What happens, as it happens. Goes on by itself where it was when the connection breaks. */
  followEvents(wish?: EventWish): AsyncGenerator<ApiEvent, void, undefined>;
  /** Where a backtest stands and each change, until it ends. */
  followBacktest(id: string, options?: CallOptions): AsyncGenerator<BacktestChange, void, undefined>;
  /** The response of any address of the API, for bytes and other types than JSON. */
  request(path: string, init?: RequestInit, options?: CallOptions): Promise<Response>;
};

/** A client of one API. Nothing is sent before it is used, and nothing has to be closed. */
export function connect({ url, token, timeoutMs = 30_000, fetch = globalThis.fetch }: ConnectOptions): Client {
  const base = url.replace(/\/+$/, "");
  const asking: Asking = { token, timeoutMs, fetch };
  const request: Client["request"] = (path, init = {}, options = {}) => ask(base + path, init, asking, options);
  const requestOf = (options: CallOptions): RequestOpts => ({
    baseUrl: base,
    fetch: (address, init = {}) => ask(String(address), init, asking, options),
  });
  const bound = Object.entries(operations).flatMap(([name, operation]) =>
    typeof operation === "function" ? [[name, bind(operation as Generated, requestOf)] as const] : [],
  );
  return {
    // The generator gives each function of the document its own types; bound one by one they keep them.
    ...(Object.fromEntries(bound) as Operations),
    followEvents: (wish = {}) => followEvents(request, wish),
    followBacktest: (id, options = {}) => followBacktest(request, id, options),
    request,
  };
}

type Generated = (...args: unknown[]) => Promise<{ readonly data?: unknown }>;

/** Generated functions take their parameters and then how to send them; those without parameters only the latter. */
function bind(operation: Generated, requestOf: (options: CallOptions) => RequestOpts) {
  if (operation.length === 1) {
    return async (options: CallOptions = {}) => (await operation(requestOf(options))).data;
  }
  return async (parameters: object = {}, options: CallOptions = {}) =>
    (await operation(parameters, requestOf(options))).data;
}

type Operations = {
  [Name in keyof typeof operations as (typeof operations)[Name] extends (...args: never[]) => unknown
    ? Name
    : never]: Bound<(typeof operations)[Name]>;
};

type Bound<F> = F extends (options?: RequestOpts) => Promise<infer Answer>
  ? (options?: CallOptions) => Promise<DataOf<Answer>>
  : F extends (parameters: infer P, options?: RequestOpts) => Promise<infer Answer>
    ? Partial<P> extends P
      ? (parameters?: P, options?: CallOptions) => Promise<DataOf<Answer>>
      : (parameters: P, options?: CallOptions) => Promise<DataOf<Answer>>
    : never;

type DataOf<Answer> = Answer extends { readonly data: infer Data } ? Data : undefined;
