import { randomUUID } from "node:crypto";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Clock } from "../../src/core/clock.ts";
import { OutageError } from "../../src/core/errors.ts";
import { isTracing, span, traceparent } from "../../src/core/trace.ts";
import type { ApiStores } from "../../src/runtime/api-stores.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";
import { type Authenticate, identify } from "./authenticate.ts";
import type { Admit } from "./flag-gate.ts";
import { refuseForeign } from "./guards.ts";
import { type Limits, TooMany } from "./limits.ts";
import type { OpenRequests } from "./open-requests.ts";
import { perform } from "./perform.ts";
import { HttpRefusal, problemOf } from "./problem.ts";
import type { Caller, Reply, Route } from "./route.ts";

export interface AppParts {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly answers: ApiStores["answers"];
  /** Names beside the loopback's under which the API is reached. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  readonly log: Daemon["log"];
  readonly metrics: Daemon["metrics"];
  readonly progress: (what: string) => void;
  /** Asked for each request of a caller who may make it: throws when the door is closed for the time being. */
  readonly admit?: Admit;
  readonly open: OpenRequests;
  /** How often callers may call; GraphQL counts its fields by the same. */
  readonly limits: Limits;
}

/** A JSON body beyond this is a mistake: bars are sent as bytes on their own route. */
export const MOST_JSON_BYTES = 1024 * 1024;

/** The HTTP face of the routes: identity, limits, validation and problems around them. Not listening yet. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple").set("case sensitive routing", true);
  // Probes ask often and need nothing of what follows.
  app.get("/healthz", (_request, response) => {
    response.set("cache-control", "no-store").json({ status: "ok" });
  });
  app.use(observe(parts));
  app.use(refuseForeign(parts.hosts));
  app.use(securityHeaders);
  const json = express.json({ limit: MOST_JSON_BYTES, strict: false });
  for (const [path, routes] of Map.groupBy(parts.routes, (one) => one.path)) {
    const entry = app.route(path);
    for (const one of routes) {
      const before = one.body ? [requireJson, json] : [];
      entry[one.method](authorize(one, parts), ...before, serve(one, parts));
    }
    entry.all((request) => {
      const allowed = routes.map(({ method }) => method.toUpperCase()).join(", ");
      request.res?.set("allow", allowed);
      throw new HttpRefusal(405, `${request.method} is not possible here.`, {
        exit: "usage",
        code: "METHOD_NOT_ALLOWED",
        expected: allowed,
        found: request.method,
      });
    });
  }
  app.use((request: Request) => {
    throw new HttpRefusal(404, "There is nothing at this address.", {
      exit: "notFound",
      code: "ROUTE_UNKNOWN",
      found: request.path,
      hint: "GET /v1/openapi.json lists everything there is",
    });
  });
  app.use(answerProblem(parts));
  return app;
}

/** What later handlers need of a request. */
const contexts = new WeakMap<Request, { readonly requestId: string; caller?: Caller }>();

const GIVEN_ID = /^[\w.-]{1,64}$/;

function observe({ clock, log, metrics, progress }: AppParts) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = request.get("x-request-id");
    const requestId = given !== undefined && GIVEN_ID.test(given) ? given : randomUUID();
    contexts.set(request, { requestId });
    response.set("x-request-id", requestId);
    const started = clock.monotonic();
    response.once("close", () => {
      const seconds = (clock.monotonic() - started) / 1000;
      // The route's pattern, never the path: a caller must not be able to make new label values.
      const route = typeof request.route?.path === "string" ? request.route.path : "none";
      const isStream = response.getHeader("content-type") === "text/event-stream";
      metrics.count("ttt_http_requests_total", {
        method: methodLabel(request.method),
        route,
        status: String(response.statusCode),
      });
      if (!isStream) metrics.observe("ttt_http_request_duration_seconds", { route }, seconds);
      progress("request");
      log.debug("request", {
        requestId,
        method: request.method,
        route,
        status: response.statusCode,
        caller: contexts.get(request)?.caller?.name,
        ms: Math.round(seconds * 1e6) / 1e3,
      });
    });
    if (!isTracing()) {
      next();
      return;
    }
    const parent = request.get("traceparent");
    void span(`${request.method} request`, { kind: "server", parent, attributes: { requestId } }, async (served) => {
      const closed = new Promise((resolve) => response.once("close", resolve));
      next();
      await closed;
      const route = typeof request.route?.path === "string" ? request.route.path : "none";
      served.set({ "http.route": route, "http.response.status_code": response.statusCode });
    });
  };
}

type MethodLabel = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "HEAD" | "other";
const METHODS: readonly MethodLabel[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
const methodLabel = (method: string): MethodLabel => METHODS.find((one) => one === method) ?? "other";

function securityHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
  });
  next();
}

function authorize(one: Route, { authenticate, limits, admit }: AppParts) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const address = request.socket.remoteAddress ?? "";
    const caller = await identify(request.get("authorization"), one.role, authenticate, () => limits.failed(address));
    if (!one.unlimited) limits.admit(one.role === "anyone" ? address : caller.name, one.method);
    admit?.(one);
    contexts.get(request)!.caller = caller;
    next();
  };
}

function requireJson(request: Request, _response: Response, next: NextFunction): void {
  if (request.is("application/json") === false) {
    throw new HttpRefusal(415, "The body has to be JSON.", {
      exit: "usage",
      code: "MEDIA_TYPE",
      expected: "content-type: application/json",
      found: request.get("content-type") ?? "none",
    });
  }
  next();
}

function serve(one: Route, { answers, open }: AppParts) {
  return async (request: Request, response: Response): Promise<void> => {
    const { requestId, caller } = contexts.get(request)!;
    const asked = {
      ...{ params: request.params, query: request.query, body: request.body, caller: caller!, requestId },
      traceparent: traceparent() ?? request.get("traceparent"),
      header: (name: string) => request.get(name),
      stream: request,
      address: `${request.method} ${request.originalUrl}`,
    };
    await send(request, response, await open.during(request, () => perform(one, asked, answers)));
  };
}

async function send(request: Request, response: Response, reply: Reply): Promise<void> {
  if ("streaming" in reply && request.method === "HEAD") {
    // There is no body to wait for.
    response.type("text/event-stream").end();
    return;
  }
  if ("streaming" in reply) {
    await reply.streaming(request, response);
    return;
  }
  response.status(reply.status).set(reply.headers ?? {});
  if ("json" in reply) response.json(reply.json);
  else if ("bytes" in reply) {
    const { buffer, byteOffset, byteLength } = reply.bytes;
    response.type(reply.contentType).send(Buffer.from(buffer, byteOffset, byteLength));
  } else response.end();
}

function answerProblem({ log }: AppParts) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const requestId = contexts.get(request)?.requestId ?? "";
    const problem = problemOf(error, requestId);
    if (problem.status === 500) log.error("request failed", { requestId, path: request.path, error });
    else if (error instanceof OutageError) log.warn("request failed", { requestId, reason: error.message });
    if (response.headersSent) return void response.destroy();
    if (error instanceof TooMany) response.set("retry-after", String(Math.ceil(error.retryAfterMs / 1000)));
    if (problem.status === 401) response.set("www-authenticate", 'Bearer realm="ttt"');
    response.status(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  };
}
