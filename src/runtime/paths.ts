import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where everything of one stack lies. This file is the only one that knows the layout of the state directory. */
export interface StatePaths {
  readonly home: string;
  /** The optional stack file. */
  readonly stackFile: string;
  /** Control sockets and published facts. Kept out of `home` when that is too long for a socket address. */
  readonly run: string;
  readonly logs: string;
  readonly secrets: string;
  /** The embedded PostgreSQL: its data, its own log. */
  readonly postgres: string;
  /** Folder of the embedded PostgreSQL's socket. */
  readonly postgresSocket: string;
  /** Imported market data. */
  readonly data: string;
  /** Backtests of this machine. */
  readonly backtests: string;
  /** What waits for the journal while the database is away. */
  readonly journalSpool: string;
  /** How far the journal reached at the last verification from here. */
  readonly journalMark: string;
  /** Settings that are secrets, written by `ttt init` and kept by the operator. */
  readonly secretsFile: string;
  /** What the paper venue keeps, apart from our own records. */
  readonly venue: string;
  controlSocket(instance: string): string;
  /** What an instance tells the rest about itself (address, port), mode 0600. */
  facts(instance: string): string;
  log(instance: string): string;
  secret(name: string): string;
  /** Where an instance's metrics are, in a file that Prometheus reads by itself. */
  scrapeTarget(instance: string): string;
}

/** The kernel's limit of a unix socket address is 107 bytes; this leaves room for the longest instance name. */
const LONGEST_RUN_FOLDER = 64;

export function statePaths(home: string): StatePaths {
  const inHome = (...parts: string[]) => join(home, ...parts);
  const run = runFolder(home);
  return {
    home,
    stackFile: inHome("ttt.yaml"),
    run,
    logs: inHome("logs"),
    secrets: inHome("secrets"),
    postgres: inHome("postgres"),
    postgresSocket: join(run, "pg"),
    data: inHome("data"),
    backtests: inHome("backtests"),
    journalSpool: inHome("journal"),
    journalMark: inHome("journal-mark.json"),
    secretsFile: inHome("conf", "secrets.env"),
    venue: inHome("venue"),
    controlSocket: (instance) => join(run, `${instance}.sock`),
    facts: (instance) => join(run, `${instance}.json`),
    log: (instance) => inHome("logs", `${instance}.log`),
    secret: (name) => inHome("secrets", name),
    scrapeTarget: (instance) => inHome("metrics", `${instance}.json`),
  };
}

/** TTT_HOME, else the XDG state folder; root's own state lies where a system service keeps it. */
export function defaultHome(env: Readonly<Record<string, string | undefined>>, uid: number | undefined): string {
  if (env.TTT_HOME) return resolve(env.TTT_HOME);
  if (env.XDG_STATE_HOME) return join(resolve(env.XDG_STATE_HOME), "ttt");
  return uid === 0 ? "/var/lib/ttt" : join(homedir(), ".local", "state", "ttt");
}

function runFolder(home: string): string {
  const inside = join(home, "run");
  if (Buffer.byteLength(inside) <= LONGEST_RUN_FOLDER) return inside;
  const digest = createHash("sha256").update(home).digest("hex").slice(0, 16);
  return `/tmp/ttt-${process.getuid?.() ?? "user"}-${digest}`;
}
