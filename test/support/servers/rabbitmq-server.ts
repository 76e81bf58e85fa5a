import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverFolder } from "./folder.ts";
import { freePort } from "./free-port.ts";
import { isListening, type RunningProgram, startProgram } from "./program.ts";

/** A RabbitMQ server of a test's own. Starting takes some 10 s. */
export interface RabbitMqServer {
  readonly port: number;
  /** The address of one of its virtual hosts `t0` ... `t7`: each is a world of its own. */
  url(virtualHost: string): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, with what durable queues hold. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export const VIRTUAL_HOSTS = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"];

/** Debian's wrapper writes to /var/log; the program behind it takes every path from its environment. */
const PROGRAMS = ["/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server"];

export async function startRabbitMqServer(): Promise<RabbitMqServer> {
  const account = process.getuid?.() === 0 ? accountOf("rabbitmq") : undefined;
  const folder = serverFolder("rabbitmq", account);
  const [port, distributionPort, portMapperPort] = [await freePort(), await freePort(), await freePort()];
  const inFolder = (name: string) => join(folder.path, name);
  writeFileSync(inFolder("rabbitmq.conf"), configuration(port, inFolder("definitions.json")));
  writeFileSync(inFolder("definitions.json"), JSON.stringify(definitions()));
  writeFileSync(inFolder("enabled_plugins"), "[].");
  const env = {
    HOME: folder.path,
    ERL_EPMD_PORT: String(portMapperPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_NODENAME: `ttt-${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_CONFIG_FILE: inFolder("rabbitmq.conf"),
    RABBITMQ_ENABLED_PLUGINS_FILE: inFolder("enabled_plugins"),
    RABBITMQ_MNESIA_BASE: inFolder("mnesia"),
    RABBITMQ_LOG_BASE: inFolder("log"),
    RABBITMQ_PID_FILE: inFolder("pid"),
    RABBITMQ_CONF_ENV_FILE: inFolder("none"),
    // One scheduler that does not spin: it shares two cores with the tests. Without a proxy shell, so that the
    // process group is the server and its helpers and nothing else.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
    RABBITMQ_ALLOW_INPUT: "1",
    RUNNING_UNDER_SYSTEMD: "true",
  };
  const program = { env, ...account };
  const logFile = inFolder("output.log");
  let portMapper: RunningProgram | undefined;
  let server: RunningProgram | undefined;

  const start = async () => {
    // Its own port mapper, in the foreground: the one Erlang would start by itself stays behind for ever.
    portMapper ??= await startProgram(
      { command: "epmd", args: ["-port", String(portMapperPort), "-address", "127.0.0.1"], ...program },
      { logFile, isReady: () => isListening(portMapperPort) },
    );
    server = await startProgram(
      { command: PROGRAMS.find((path) => existsSync(path)) ?? "rabbitmq-server", args: ["-noinput"], ...program },
      { logFile, isReady: () => isListening(port) },
    );
  };
  await start();
  return {
    port,
    url: (virtualHost) => `amqp://ttt:ttt-test@127.0.0.1:${port}/${virtualHost}`,
    start,
    stop: async (signal = "SIGKILL") => server?.stop(signal),
    async remove() {
      await server?.stop("SIGKILL");
      await portMapper?.stop("SIGKILL");
      folder.remove();
    },
  };
}

function configuration(port: number, definitionsFile: string): string {
  return [
    `listeners.tcp.local = 127.0.0.1:${port}`,
    `load_definitions = ${definitionsFile}`,
    "log.console = false",
    "log.file.level = warning",
    // Disk and memory of the host are the host's business here.
    "disk_free_limit.absolute = 1MB",
    "vm_memory_high_watermark.absolute = 512MB",
    "",
  ].join("\n");
}

function definitions() {
  return {
    users: [{ name: "ttt", password: "ttt-test", tags: "administrator" }],
    vhosts: VIRTUAL_HOSTS.map((name) => ({ name })),
    permissions: VIRTUAL_HOSTS.map((vhost) => ({ user: "ttt", vhost, configure: ".*", write: ".*", read: ".*" })),
  };
}

function accountOf(name: string): { uid: number; gid: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (!uid) throw new Error(`there is no user ${name}: RabbitMQ refuses to share root's files`);
  return { uid: Number(uid), gid: Number(gid) };
}
