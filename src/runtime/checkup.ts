import { existsSync } from "node:fs";
import { join } from "node:path";
import { openLogFiles } from "../adapters/files/local-log-files.ts";
import { checkUpPostgres } from "../adapters/postgres/postgres-checkup.ts";
import { controlCall } from "../adapters/process/control-client.ts";
import { checkUpRabbitMq } from "../adapters/rabbitmq/rabbitmq-checkup.ts";
import { checkUpRedis } from "../adapters/redis/redis-checkup.ts";
import { hostFigures } from "../adapters/system/host-figures.ts";
import { OperatorError } from "../core/errors.ts";
import type { ConfigurationFacts, StackFacts } from "../ops/doctor/facts.ts";
import type { StackSnapshot } from "../ops/stack-feed.ts";
import type { Checkup } from "../ports/checkup.ts";
import type { LogFiles, LogRecord } from "../ports/log-files.ts";
import { checkUpApi } from "./api-checkup.ts";
import { type Config, loadConfig } from "./config.ts";
import { databaseUrl } from "./database.ts";
import { checkUpMetrics } from "./metrics-checkup.ts";
import { migrationsFolder } from "./migrations.ts";
import { defaultHome, type StatePaths, statePaths } from "./paths.ts";
import { openStackControl } from "./stack-control.ts";
import { findSupervisor } from "./supervisor-process.ts";

const LAST_WORDS = 3;

/** Looks at this stack from outside. With a configuration that cannot be used it sees what lies on this machine. */
export async function openCheckup(): Promise<Checkup> {
  const paths = statePaths(defaultHome(process.env, process.getuid?.()));
  const logs = openLogFiles({ daemons: paths.logs, postgres: join(paths.postgres, "log") });
  const found = await loadConfig().then((config) => ({ config, problem: null }), problemOf);
  const { config } = found;
  const withConfig = async <T>(look: (config: Config) => Promise<T>) =>
    config === undefined ? undefined : look(config);
  return {
    configuration: async () => ({ problem: found.problem }),
    stack: () => lookAtStack(paths, logs, config),
    database: () => withConfig((known) => checkUpPostgres(databaseUrl(known), migrationsFolder())),
    redis: () => withConfig(async ({ redis }) => (redis.url === undefined ? undefined : checkUpRedis(redis.url))),
    queue: () => withConfig(async ({ amqp }) => (amqp.url === undefined ? undefined : checkUpRabbitMq(amqp.url))),
    api: () => withConfig((known) => checkUpApi(known, logs)),
    metrics: () => withConfig(checkUpMetrics),
    host: async () => hostFigures(firstExisting(paths.home)),
  };
}

function problemOf(error: unknown): { config: undefined; problem: NonNullable<ConfigurationFacts["problem"]> } {
  if (!(error instanceof OperatorError)) throw error;
  const { expected = "", found = "" } = error.details;
  return { config: undefined, problem: { message: error.message, expected, found } };
}

async function lookAtStack(paths: StatePaths, logs: LogFiles, config: Config | undefined): Promise<StackFacts> {
  let snapshot: StackSnapshot;
  try {
    snapshot = (await controlCall(paths.controlSocket("supervisor"), "snapshot", undefined, {
      timeoutMs: 3_000,
    })) as StackSnapshot;
  } catch (error) {
    const lost = supervisorLost(paths, error, config);
    if (lost !== undefined) throw lost;
    return { isRunning: false, instances: [], lastWords: {} };
  }
  const lastWords: Record<string, string[]> = {};
  for (const { instance, state } of snapshot.instances) {
    if (state === "ready" || state === "done") continue;
    const records = await logs.read([instance], ({ level }) => level === "error" || level === "warn", LAST_WORDS);
    lastWords[instance] = records.map(wordsOf);
  }
  return { isRunning: true, instances: snapshot.instances, lastWords };
}

/** Who goes on while the supervisor is away or stands still; undefined when there is nobody. */
function supervisorLost(paths: StatePaths, error: unknown, config: Config | undefined): unknown {
  const code = error instanceof OperatorError ? error.details.code : "";
  if (code !== "CONTROL_ABSENT" && code !== "CONTROL_TIMEOUT") return error;
  const supervisor = findSupervisor(paths.home);
  const left = config === undefined ? [] : openStackControl(config).processes();
  if (supervisor === undefined && left.length === 0) return undefined;
  const who =
    supervisor === undefined
      ? "There is no supervisor"
      : `The supervisor (pid ${supervisor.pid}${supervisor.isStopped ? ", stopped by a signal" : ""}) does not answer`;
  const names = left.map(({ instance, pid }) => `${instance} (${pid})`).join(", ");
  return new OperatorError(`${who}${left.length > 0 ? `, but its processes go on: ${names}` : ""}.`, {
    exit: "unhealthy",
    code: "SUPERVISOR_LOST",
    hint: "ttt up",
  });
}

function wordsOf({ message, context }: LogRecord): string {
  const { error, reason, found } = context;
  const details = [
    reason,
    found,
    typeof error === "object" && error !== null && "message" in error ? error.message : undefined,
  ];
  return [message, ...details.filter((one) => typeof one === "string" && one !== "")].join(": ");
}

/** The disk of a folder that is not there yet is that of the one it will be made in. */
function firstExisting(folder: string): string {
  for (let at = folder; ; at = join(at, "..")) if (existsSync(at) || at === join(at, "..")) return at;
}
