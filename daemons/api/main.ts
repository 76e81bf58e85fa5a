// The HTTP door to the same actions as the command line: backtests, services, kill switch, health and metrics.
import { createServer } from "node:http";
import { keepFlags } from "../../src/actions/flags/keep-flags.ts";
import { readKillStatus } from "../../src/actions/kill/read-kill-status.ts";
import { recordServices } from "../../src/actions/record-services.ts";
import { showStackFigures } from "../../src/actions/show-stack-figures.ts";
import { ownApiToken } from "../../src/runtime/api-access.ts";
import { apiStores } from "../../src/runtime/api-stores.ts";
import { runDaemon } from "../../src/runtime/daemon.ts";
import { openDaemonDatabase } from "../../src/runtime/database.ts";
import { drain } from "../../src/runtime/drain.ts";
import { flagStore } from "../../src/runtime/flags.ts";
import { incidentAccess } from "../../src/runtime/incidents.ts";
import { askForApi, jobServices, openJobQueue } from "../../src/runtime/job-services.ts";
import { openKillSwitch } from "../../src/runtime/kill-switch.ts";
import { serviceRecording } from "../../src/runtime/service-recording.ts";
import { openStackControl } from "../../src/runtime/stack-control.ts";
import { openRedisFigures, openStackFigures } from "../../src/runtime/stack-figures.ts";
import { openWorkbench } from "../../src/runtime/workbench.ts";
import { BUILT_IN_STRATEGIES } from "../../src/strategy/builtin/index.ts";
import { createApp } from "./app.ts";
import { knownTokens, ownerToken } from "./authenticate.ts";
import { EventHub } from "./event-hub.ts";
import { flagGate } from "./flag-gate.ts";
import { keepHouse } from "./housekeeping.ts";
import { Limits } from "./limits.ts";
import { OpenRequests } from "./open-requests.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { backtestResultRoutes } from "./routes/backtest-results.ts";
import { backtestRoutes } from "./routes/backtests.ts";
import { barRoutes } from "./routes/bars.ts";
import { eventRoutes } from "./routes/events.ts";
import { flagRoutes } from "./routes/flags.ts";
import { graphQLRoutes } from "./routes/graphql.ts";
import { incidentRoutes } from "./routes/incidents.ts";
import { killSwitchRoutes } from "./routes/kill-switch.ts";
import { readingRoutes } from "./routes/reading.ts";
import { serviceRoutes } from "./routes/services.ts";
import { sweepRoutes } from "./routes/sweeps.ts";
import { systemRoutes } from "./routes/system.ts";

/** Beyond what the longest statement and the longest wait for a connection take together. */
const REQUESTS_STAND_STILL_MS = 60_000;

await runDaemon("api", async (daemon) => {
  const { config, clock, log, metrics, identity } = daemon;
  const database = await daemon.open("database", openDaemonDatabase(config, identity));
  const queue = await daemon.open("queue", openJobQueue(config, database));
  await daemon.needs("postgres", () => askForApi(database));
  if (config.amqp.url !== undefined) await daemon.needs("rabbitmq", () => queue.answers());
  const { jobs, vault, events } = jobServices(database);
  const redis = await openRedisFigures(config);
  if (redis !== undefined) {
    await daemon.open("redis figures", redis);
    await daemon.needs("redis", () => redis.readMemory());
  }
  showStackFigures(metrics, openStackFigures(database), redis);
  await daemon.open("relay", events.relay());
  const hub = await daemon.open("events", EventHub.open(events));
  const { tokens, answers } = apiStores(database);
  const stack = openStackControl(config);
  await daemon.open("services", recordServices({ ...serviceRecording(config, database), stack, clock, log }));
  const desk = {
    ...{ jobs, queue, vault, bars: openWorkbench().bars },
    strategies: BUILT_IN_STRATEGIES,
    buildHash: identity.buildHash,
  };
  await daemon.open("housekeeping", keepHouse(daemon, { events, vault, answers }));
  const flags = await daemon.open("flags", keepFlags(flagStore(database), clock));
  const incidents = incidentAccess(database, clock, config.incident.contacts);
  const openKill = () => openKillSwitch(config, clock, identity.instance);
  const live = {
    ...{ clock, currency: "USD", snapshot: () => stack.snapshot(), desk: () => incidents.desk.read(0) },
    level: async () => {
      const { ports, close } = await openKill();
      return (await readKillStatus(ports).finally(close)).level;
    },
  };
  const routes = [
    ...systemRoutes({ metrics, dependencies: { postgres: () => askForApi(database) } }),
    ...backtestRoutes(desk),
    ...backtestResultRoutes(desk),
    ...sweepRoutes(desk),
    ...barRoutes(vault),
    ...serviceRoutes(() => stack.snapshot()),
    ...killSwitchRoutes({ open: openKill, answers, clock }),
    ...incidentRoutes(incidents, live),
    ...alertRoutes(incidents),
    ...flagRoutes({ flags: flagStore(database), clock }),
    ...eventRoutes({ hub, jobs, clock }),
  ];
  const open = new OpenRequests();
  daemon.owes("request", {
    withinMs: REQUESTS_STAND_STILL_MS,
    words: "requests are not answered",
    isDue: () => open.some,
    isOwn: true,
  });
  const limits = new Limits(clock);
  const admit = flagGate(flags);
  const graphql = graphQLRoutes(routes, { hub, jobs, answers, limits, admit, clock, log });
  const app = createApp({
    routes: [...routes, ...graphql, ...readingRoutes([...routes, ...graphql], identity.buildHash)],
    authenticate: knownTokens(ownerToken(ownApiToken(config)), tokens, clock),
    answers,
    hosts: [config.api.host, ...config.api.hosts.split(",").filter((name) => name !== "")],
    ...{ clock, log, metrics, limits, open, admit, progress: daemon.progress },
  });
  const server = createServer(app);
  await daemon.open("http", { close: () => drain(server) });
  const { host, port } = await daemon.listen(server, config.api);
  daemon.publish({ url: `http://${host.includes(":") ? `[${host}]` : host}:${port}` });
  log.info("listening", { host, port });
  daemon.ready();
});
