import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileRunbookRuns } from "../adapters/files/file-runbook-runs.ts";
import { fileRunbookShelf } from "../adapters/files/file-runbook-shelf.ts";
import { PostgresJournal } from "../adapters/postgres/postgres-journal.ts";
import { localStepShell } from "../adapters/process/local-step-shell.ts";
import { holdLock } from "../adapters/process/lock.ts";
import type { Journal } from "../ports/journal.ts";
import type { TargetLock } from "../ports/target-lock.ts";
import { type Config, loadConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { operatorHere } from "./operator.ts";
import { packageRoot } from "./package-root.ts";
import { defaultHome, statePaths } from "./paths.ts";
import { redact } from "./redaction.ts";
import { systemClock } from "./system-clock.ts";

/** The journal must never hold up a run: what does not answer in this time is brought there later. */
const JOURNAL_CONNECT_MS = 1_000;
const JOURNAL_STATEMENT_MS = 2_000;

/** Runbooks and their runs as they lie on disk. Works with a broken configuration and with nothing running. */
export function openRunbookReading(home = defaultHome(process.env, process.getuid?.())) {
  return {
    shelf: fileRunbookShelf([join(packageRoot(), "docs", "runbooks"), join(home, "runbooks")]),
    runs: fileRunbookRuns(join(home, "runbook-runs")),
    lock: targetLock(home),
  };
}

/** What carrying runbooks out needs. A configuration that cannot be used is a fault that runbooks are there to mend. */
export async function openRunbooks() {
  const { home } = statePaths(defaultHome(process.env, process.getuid?.()));
  const config = await loadConfig().catch(() => undefined);
  return {
    ...openRunbookReading(home),
    shell: localStepShell({ binFolder: join(packageRoot(), "bin"), redact }),
    clock: systemClock,
    operator: operatorHere("ttt runbook"),
    openJournal: () => openJournal(config),
    facts: { TTT_HOME: home, RUNBOOK_PROFILE: config?.profile ?? "unknown", ...redisFacts(config?.redis.url) },
    newRunName: (runbook: string) => `${stamp(systemClock.now())}-${runbook}-${randomBytes(2).toString("hex")}`,
  };
}

async function openJournal(config: Config | undefined): Promise<Journal> {
  // The configuration may have been mended by an earlier step.
  const postgres = await openDatabase(config ?? (await loadConfig()), {
    applicationName: "ttt runbook",
    maxConnections: 1,
    connectTimeoutMs: JOURNAL_CONNECT_MS,
    statementTimeoutMs: JOURNAL_STATEMENT_MS,
  });
  const journal = new PostgresJournal(postgres);
  return {
    append: (entry) => journal.append(entry),
    list: (filter) => journal.list(filter),
    verify: () => journal.verify(),
    close: () => postgres.close(),
  };
}

/**
 * What `redis-cli $REDIS` needs to reach the configured Redis, as the user and over TLS where its address says so. The
 * password is read from the environment; in its arguments everybody could see it.
 */
export function redisFacts(url: string | undefined): Record<string, string> {
  if (url === undefined || !URL.canParse(url)) return {};
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const user = decodeURIComponent(username);
  const flags = [
    ...["-h", hostname, "-p", port || "6379", "-n", pathname.slice(1) || "0"],
    ...(user === "" ? [] : ["--user", user]),
    ...(protocol === "rediss:" ? ["--tls"] : []),
  ];
  return { REDIS: flags.join(" "), ...(password !== "" && { REDISCLI_AUTH: decodeURIComponent(password) }) };
}

function targetLock(home: string): TargetLock {
  return { hold: (target) => holdLock(join(home, "runbook-locks", target)) };
}

/** `20261123-023105`: sorts by time, and a person reads it. */
function stamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
}
