import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf, OperatorError } from "../../core/errors.ts";
import type { Program } from "../../ports/program.ts";
import { commandLineOf, processRow } from "../process/process-table.ts";
import { findBinaries, type PostgresBinaries } from "./binaries.ts";
import { type RunAs, runPostgresAs } from "./run-as.ts";
import { programsWithinReach } from "./within-reach.ts";

export interface ClusterSettings {
  /** Holds `data` and `log`. */
  readonly folder: string;
  /** Where the server puts its socket; it opens no port. */
  readonly socketFolder: string;
  /** Part of the socket's file name. */
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const INITDB_TIMEOUT_MS = 60_000;

/**
 * Makes the cluster ready to start: creates it at the first time, clears what a killed server left, and returns the
 * program to supervise. Works as root (the server then runs as another account) and as an ordinary user.
 */
export async function prepareCluster(settings: ClusterSettings, installed?: PostgresBinaries): Promise<Program> {
  const { folder, socketFolder } = settings;
  for (const path of [folder, socketFolder]) mkdirSync(path, { recursive: true });
  const { owner, ...runAs } = runPostgresAs([folder, socketFolder]);
  const binaries = programsWithinReach(installed ?? (await findBinaries()), owner);
  for (const path of [folder, socketFolder]) {
    if (owner) chownSync(path, owner.uid, owner.gid);
    chmodSync(path, 0o700);
  }
  const data = join(folder, "data");
  if (!existsSync(join(data, "PG_VERSION"))) await create(binaries.initdb, data, settings, runAs, owner);
  clearStaleLock(data);
  return program(binaries.postgres, data, settings, runAs);
}

/** A word in the command line or title of every process of this cluster, so that all of them can be found. */
export function clusterName(folder: string): string {
  return `ttt-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
}

/** Creates beside and renames, so that a half-made cluster is never taken for a whole one. */
async function create(
  initdb: string,
  data: string,
  settings: ClusterSettings,
  runAs: RunAs,
  owner: { uid: number; gid: number } | undefined,
): Promise<void> {
  const draft = `${data}.new`;
  const passwordFile = join(settings.folder, "password.new");
  rmSync(draft, { recursive: true, force: true });
  try {
    writeFileSync(passwordFile, settings.password, { mode: 0o600 });
    if (owner) chownSync(passwordFile, owner.uid, owner.gid);
    const args = [
      ...["--pgdata", draft, "--username", settings.user, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
      ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
      "--no-instructions",
    ];
    const { command, args: all, ...ids } = withRunAs(initdb, args, runAs);
    await promisify(execFile)(command, [...all], { ...ids, timeout: INITDB_TIMEOUT_MS, cwd: "/" });
    renameSync(draft, data);
  } catch (error) {
    throw new OperatorError("The embedded database could not be created.", {
      exit: "configuration",
      code: "DATABASE_CREATE_FAILED",
      found: stderrOf(error),
      hint: `Free space and rights of ${settings.folder}?`,
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * PostgreSQL refuses to start while its lock file names a live process of the same user; after a kill -9 and a
 * reboot or a wrap of process ids that may be a stranger. The file is removed only when it is not our server.
 */
function clearStaleLock(data: string): void {
  const lock = join(data, "postmaster.pid");
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, "utf8").split("\n")[0]);
  if (Number.isInteger(pid) && isServerOf(pid, data)) {
    throw new OperatorError("A PostgreSQL server already runs on this data.", {
      exit: "conflict",
      code: "DATABASE_RUNNING",
      found: `pid ${pid} on ${data}`,
      hint: "ttt status",
    });
  }
  rmSync(lock, { force: true });
}

function isServerOf(pid: number, data: string): boolean {
  return processRow(pid) !== undefined && commandLineOf(pid).includes(data);
}

function program(postgres: string, data: string, settings: ClusterSettings, runAs: RunAs): Program {
  const options: Record<string, string | number> = {
    listen_addresses: "",
    port: settings.port,
    unix_socket_directories: settings.socketFolder,
    cluster_name: clusterName(settings.folder),
    shared_buffers: "64MB",
    max_connections: 100,
    max_wal_size: "256MB",
    // One machine, small data: helper processes cost more than they bring.
    io_method: "sync",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    // It writes its own log, so that it never depends on whoever started it; one file an hour, a day of them.
    logging_collector: "on",
    log_destination: "jsonlog",
    log_directory: join(settings.folder, "log"),
    log_filename: "postgres-%H.log",
    log_file_mode: "0640",
    log_rotation_age: 60,
    log_rotation_size: 0,
    log_truncate_on_rotation: "on",
  };
  const args = ["-D", data, ...Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  return withRunAs(postgres, args, runAs);
}

function withRunAs(command: string, args: readonly string[], { uid, gid, prefix }: RunAs): Program {
  const [first, ...rest] = [...prefix, command, ...args];
  return {
    command: first!,
    args: rest,
    env: {},
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  };
}

function stderrOf(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return stderr.split("\n").slice(-3).join(" / ") || messageOf(error);
}
