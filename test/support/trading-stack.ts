import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { KillReport } from "../../src/actions/kill/kill-report.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { controlCall } from "../../src/adapters/process/control-client.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { PaperLine } from "../../src/adapters/venues/paper-line.ts";
import type { PaperFill, PaperOrder } from "../../src/trading/paper/wire.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import type { LimitName } from "../../src/trading/risk/limits.ts";
import { API_KEY, API_SECRET } from "./exchanges/binance-usdm.ts";
import { type StallingProxy, startStallingProxy } from "./stalling-proxy.ts";
import { PATIENCE_MS, until as waitUntil } from "./until.ts";

const root = join(import.meta.dirname, "..", "..");

export interface TradingStackOptions {
  readonly partitions: string;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Limits that differ from the defaults; `null` lifts one. */
  readonly limits?: Partial<Record<LimitName, number | null>>;
  /** Addresses of a migrated database and of Redis; without them, fresh ones of the servers that all tests share. */
  readonly servers?: { readonly database: string; readonly redis: string };
  /** A module that workers load before their own code. */
  readonly preload?: string;
  /** Where an exchange's stand-in listens: trading goes there, and there is no paper venue. */
  readonly exchange?: string;
}

/** A stack of real processes over real servers, each behind a proxy that can take it away. */
export class TradingStack {
  readonly home = mkdtempSync(join(tmpdir(), "ttt-t-"));
  readonly postgres: StallingProxy;
  readonly redis: StallingProxy;
  readonly sql: Postgres;
  readonly env: Record<string, string>;
  readonly #children = new Map<string, ChildProcess>();
  readonly #preload: string | undefined;
  #line: PaperLine | undefined;

  private constructor(
    postgres: StallingProxy,
    redis: StallingProxy,
    sql: Postgres,
    env: Record<string, string>,
    preload: string | undefined,
  ) {
    this.postgres = postgres;
    this.redis = redis;
    this.sql = sql;
    this.env = { ...env, TTT_HOME: this.home };
    this.#preload = preload;
  }

  /** Servers only; the daemons are started one by one, or with `startAll`. */
  static async open(options: TradingStackOptions): Promise<TradingStack> {
    const { partitions, workers = 1, env = {}, limits, preload } = options;
    const servers = options.servers ?? (await sharedServers());
    const [database, redisUrl] = [new URL(servers.database), new URL(servers.redis)];
    const [postgres, redis] = await Promise.all([
      startStallingProxy(Number(database.port)),
      startStallingProxy(Number(redisUrl.port)),
    ]);
    const sql = await openPostgres(database.href);
    if (limits !== undefined) await setLimits(sql, limits);
    database.port = String(postgres.port);
    redisUrl.port = String(redis.port);
    const settings = {
      DATABASE_URL: database.href,
      REDIS_URL: redisUrl.href,
      AMQP_URL: "amqp://127.0.0.1:1",
      TTT_TRADING_PARTITIONS: partitions,
      TTT_WORKER_COUNT: String(workers),
      TTT_PAPER_BARS_PER_SECOND: "200",
      NO_COLOR: "1",
      ...(options.exchange !== undefined && exchangeSettings(options.exchange)),
      ...env,
    };
    return new TradingStack(postgres, redis, sql, settings, preload);
  }

  async startAll(workers = 1): Promise<void> {
    mkdirSync(join(this.home, "run"), { recursive: true });
    if (this.env.TTT_VENUE_NAME === undefined) await this.start("paper-venue");
    await Promise.all(Array.from({ length: workers }, (_, index) => this.start(`worker-${index + 1}`)));
  }

  /** Starts an instance and waits until it says that it is ready. */
  async start(instance: string): Promise<void> {
    const child = this.launch(instance);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${instance} ended:\n${this.log(instance)}`);
      const status = await this.call(instance, "status").catch(() => undefined);
      return (status as { ready?: boolean } | undefined)?.ready === true;
    });
  }

  /** Starts an instance without waiting for it. */
  launch(instance: string): ChildProcess {
    const service = instance.replace(/-\d+$/, "");
    const preload = service === "worker" && this.#preload !== undefined ? ["--import", this.#preload] : [];
    const child = spawn(process.execPath, [...preload, join(root, "daemons", service, "main.ts")], {
      env: { PATH: process.env.PATH, ...this.env, TTT_INSTANCE: instance },
      stdio: ["ignore", "ignore", "inherit"],
    });
    this.#children.set(instance, child);
    return child;
  }

  /** The process of an instance that was started. */
  process(instance: string): ChildProcess {
    return this.#children.get(instance)!;
  }

  /** Whether an instance that was started is gone. */
  hasEnded(instance: string): boolean {
    const { exitCode, signalCode } = this.process(instance);
    return exitCode !== null || signalCode !== null;
  }

  /** Sends a signal; a deadly one resolves when the process is gone. */
  async signal(instance: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.process(instance);
    const gone = once(child, "exit");
    child.kill(signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await gone;
  }

  call(instance: string, command: string, params?: unknown): Promise<unknown> {
    return controlCall(join(this.home, "run", `${instance}.sock`), command, params, { timeoutMs: PATIENCE_MS });
  }

  log(instance: string): string {
    return readFileSync(join(this.home, "logs", `${instance}.log`), "utf8");
  }

  /** What the venue itself says: a line of the test's own, past everything that is under test. */
  get venue(): PaperLine {
    this.#line ??= new PaperLine(
      {
        address: join(this.home, "run", "venue.sock"),
        secret: readFileSync(join(this.home, "secrets", "paper-venue.secret"), "utf8").trim(),
        client: "test",
        clock: systemClock,
        timeoutMs: PATIENCE_MS,
      },
      { onOpen() {}, onPush() {}, onClose() {} },
    );
    return this.#line;
  }

  async venueOrders(): Promise<readonly PaperOrder[]> {
    return (await this.venue.ask({ op: "open-orders", selection: {} })).orders;
  }

  async venueFills(): Promise<readonly PaperFill[]> {
    return (await this.venue.ask({ op: "fills-since", after: 0, limit: 10_000 })).fills;
  }

  async venuePosition(instrument: string): Promise<number> {
    const { positions } = await this.venue.ask({ op: "positions" });
    return positions.filter((one) => one.instrument === instrument).reduce((sum, { quantity }) => sum + quantity, 0);
  }

  /** What is stopped, and why: a test in which nothing should be looks at it while it waits. */
  held(): Promise<readonly { scope: string; reason: string }[]> {
    return this.sql.query("SELECT scope, reason FROM trading_level WHERE level <> 'RUN'");
  }

  /** How many orders ever reached the venue. */
  async ordersAtVenue(): Promise<number> {
    return this.orderIdsAtVenue().length;
  }

  /** The client's ids of all orders that ever reached the venue, from its own record. */
  orderIdsAtVenue(): string[] {
    const lines = readFileSync(join(this.home, "venue", "record.ndjson"), "utf8")
      .trim()
      .split("\n");
    return lines.filter((line) => line.includes('"ticket"')).map((line) => JSON.parse(line).ticket.clientOrderId);
  }

  ttt(...args: string[]) {
    return this.tttWith({}, ...args);
  }

  /** The command with other settings; an empty one is none. */
  async tttWith(env: Readonly<Record<string, string>>, ...args: string[]) {
    const set = Object.entries({ ...this.env, ...env }).filter(([, value]) => value !== "");
    const { exitCode, stdout, stderr } = await execa(join(root, "bin", "ttt"), args, {
      env: { PATH: process.env.PATH, ...Object.fromEntries(set) },
      extendEnv: false,
      reject: false,
    });
    return { exitCode, stdout, stderr };
  }

  /** A kill that waits as long as a busy machine takes, where the test says nothing else. */
  async kill(...args: string[]): Promise<{ exitCode: number | undefined; report: KillReport }> {
    // What comes is waited for as long as it takes, unless a test is about what does not come.
    const limits = [
      ["--ack-timeout", String(PATIENCE_MS)],
      ["--timeout", String(PATIENCE_MS / 1000)],
    ];
    const patience = limits.filter(([flag]) => !args.includes(flag!)).flat();
    const { exitCode, stdout, stderr } = await this.ttt("kill", "--reason", "test", "--json", ...patience, ...args);
    const envelope = JSON.parse(stdout || "{}") as { data?: KillReport; error?: unknown };
    if (envelope.data === undefined) throw new Error(`no report: ${stdout}${stderr}`);
    return { exitCode, report: envelope.data };
  }

  /**
   * Holds the permits on record for lasting ones, so that whoever does not answer is waited for however slow a command
   * is; returns what makes them what they were.
   */
  async holdPermits(): Promise<() => Promise<void>> {
    const rows = await this.sql.query<{ worker: string; permit_until: Date }>(
      "SELECT worker, permit_until FROM worker_ack",
    );
    await this.sql.query("UPDATE worker_ack SET permit_until = clock_timestamp() + interval '1 hour'");
    return async () => {
      for (const { worker, permit_until } of rows)
        await this.sql.query("UPDATE worker_ack SET permit_until = $2 WHERE worker = $1", [worker, permit_until]);
    };
  }

  async close(): Promise<void> {
    this.#line?.close();
    for (const [instance, child] of this.#children) {
      if (this.hasEnded(instance)) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    await this.sql.close();
    await Promise.all([this.postgres.close(), this.redis.close()]);
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** What makes a stack trade at an exchange's stand-in that listens there. */
export const exchangeSettings = (origin: string) => ({
  TTT_VENUE_NAME: "ccxt",
  TTT_VENUE_ORIGIN: origin,
  TTT_VENUE_API_KEY: API_KEY,
  TTT_VENUE_SECRET: API_SECRET,
  TTT_VENUE_POLL_MS: "200",
});

/** Loaded only where a test run provides them. */
async function sharedServers(): Promise<{ database: string; redis: string }> {
  const { migratedDatabase, redisDatabase } = await import("./servers/shared.ts");
  return { database: await migratedDatabase(), redis: await redisDatabase() };
}

/** The first version of the limits, as it stands before anything trades. */
async function setLimits(sql: Postgres, limits: NonNullable<TradingStackOptions["limits"]>): Promise<void> {
  const rows = DEFAULT_LIMITS.rows.map((row) => (row.name in limits ? { ...row, value: limits[row.name] } : row));
  await sql.query("INSERT INTO risk_limit_set (version, rows, change, epoch, actor) VALUES (1, $1, '{}', 0, 'test')", [
    JSON.stringify(rows),
  ]);
}

/** Waits until something holds; says what it was waiting for when it never does. */
export async function until(holds: () => Promise<boolean> | boolean, patienceMs = PATIENCE_MS): Promise<void> {
  await waitUntil(String(holds), holds, patienceMs);
}
