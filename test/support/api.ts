import { createServer } from "node:http";
import { createApp } from "../../daemons/api/app.ts";
import { knownTokens, ownerToken } from "../../daemons/api/authenticate.ts";
import { EventHub } from "../../daemons/api/event-hub.ts";
import { flagGate } from "../../daemons/api/flag-gate.ts";
import { Limits } from "../../daemons/api/limits.ts";
import { OpenRequests } from "../../daemons/api/open-requests.ts";
import { openApiDocument } from "../../daemons/api/openapi.ts";
import type { Route } from "../../daemons/api/route.ts";
import { alertRoutes } from "../../daemons/api/routes/alerts.ts";
import { backtestResultRoutes } from "../../daemons/api/routes/backtest-results.ts";
import { backtestRoutes } from "../../daemons/api/routes/backtests.ts";
import { barRoutes } from "../../daemons/api/routes/bars.ts";
import { eventRoutes } from "../../daemons/api/routes/events.ts";
import { flagRoutes } from "../../daemons/api/routes/flags.ts";
import { graphQLRoutes } from "../../daemons/api/routes/graphql.ts";
import { incidentRoutes } from "../../daemons/api/routes/incidents.ts";
import { readingRoutes } from "../../daemons/api/routes/reading.ts";
import { sweepRoutes } from "../../daemons/api/routes/sweeps.ts";
import { systemRoutes } from "../../daemons/api/routes/system.ts";
import { keepFlags } from "../../src/actions/flags/keep-flags.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { openPostgresJobQueue } from "../../src/adapters/postgres/postgres-job-queue.ts";
import { listenOn } from "../../src/adapters/process/listen.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { openPromClientMetrics } from "../../src/adapters/telemetry/prom-client-metrics.ts";
import type { Dataset } from "../../src/backtest/data/dataset.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Contact } from "../../src/ops/incident/contact.ts";
import { type ApiStores, apiStores } from "../../src/runtime/api-stores.ts";
import { flagStore } from "../../src/runtime/flags.ts";
import { incidentAccess } from "../../src/runtime/incidents.ts";
import { type JobServices, jobServices } from "../../src/runtime/job-services.ts";
import { BUILT_IN_STRATEGIES } from "../../src/strategy/builtin/index.ts";
import type { AnyStrategy } from "../../src/strategy/define-strategy.ts";
import { keptLog } from "./backtester.ts";

export const OWNER_TOKEN = "owner-token-of-this-test";

export interface TestApi extends JobServices, ApiStores {
  readonly url: string;
  readonly database: Postgres;
  readonly hub: EventHub;
  readonly log: ReturnType<typeof keptLog>;
  readonly document: ReturnType<typeof openApiDocument>;
  /** A request with the owner's token, unless its headers say otherwise. */
  request(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** What the API daemon is made of, in this process: real database, real HTTP on a port of its own. */
export async function startApi(
  databaseUrl: string,
  options: {
    readonly datasets?: readonly Dataset[];
    readonly more?: readonly Route[];
    readonly clock?: Clock;
    readonly strategies?: ReadonlyMap<string, AnyStrategy>;
    readonly contacts?: readonly Contact[];
  } = {},
): Promise<TestApi> {
  const { datasets = [], more = [], clock = systemClock, strategies = BUILT_IN_STRATEGIES } = options;
  const database = await openPostgres(databaseUrl);
  const queue = await openPostgresJobQueue(database);
  const services = jobServices(database);
  const stores = apiStores(database);
  const relay = await services.events.relay();
  const hub = await EventHub.open(services.events);
  const log = keptLog();
  const metrics = await openPromClientMetrics("api");
  const named = new Map(datasets.map((one) => [one.info.name, one]));
  const bars = { find: async (name: string) => named.get(name)?.info, read: async (name: string) => named.get(name) };
  const desk = { ...services, queue, bars, strategies, buildHash: "test-build" };
  const flags = await keepFlags(flagStore(database), systemClock);
  const incidents = incidentAccess(database, clock, options.contacts ?? []);
  const away = () => Promise.reject(new Error("nothing supervises this API"));
  const routes = [
    ...systemRoutes({ metrics, dependencies: { postgres: () => database.query("SELECT 1") } }),
    ...backtestRoutes(desk),
    ...backtestResultRoutes(desk),
    ...sweepRoutes(desk),
    ...barRoutes(services.vault),
    ...eventRoutes({ hub, jobs: services.jobs, clock: systemClock }),
    ...incidentRoutes(incidents, {
      clock,
      currency: "USD",
      snapshot: away,
      level: away,
      desk: () => incidents.desk.read(0),
    }),
    ...alertRoutes(incidents),
    ...flagRoutes({ flags: flagStore(database), clock }),
    ...more,
  ];
  const limits = new Limits(clock);
  const admit = flagGate(flags);
  const { jobs } = services;
  const graphql = graphQLRoutes(routes, { hub, jobs, limits, admit, clock, log, answers: stores.answers });
  const all = [...routes, ...graphql, ...readingRoutes([...routes, ...graphql], "test")];
  const app = createApp({
    routes: all,
    authenticate: knownTokens(ownerToken(OWNER_TOKEN), stores.tokens, clock),
    answers: stores.answers,
    hosts: [],
    ...{ clock, log, metrics, limits, admit, open: new OpenRequests(), progress: () => {} },
  });
  const server = createServer(app);
  const { port } = await listenOn(server, { host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${port}`;
  const request = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, url), { ...init, headers: { authorization: `Bearer ${OWNER_TOKEN}`, ...init.headers } });
  return {
    ...services,
    ...stores,
    ...{ url, database, hub, log, request, document: openApiDocument(all, "test") },
    post: (path, body, headers = {}) =>
      request(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await flags.close();
      await hub.close();
      await relay.close();
      await queue.close();
      await database.close();
    },
  };
}
