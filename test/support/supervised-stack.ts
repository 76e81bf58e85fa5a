import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { controlCall } from "../../src/adapters/process/control-client.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { PaperLine } from "../../src/adapters/venues/paper-line.ts";
import type { InstanceView } from "../../src/ops/instance.ts";
import type { StackSnapshot } from "../../src/ops/stack-feed.ts";
import { loadConfig } from "../../src/runtime/config.ts";
import { databaseUrl } from "../../src/runtime/database.ts";
import { PATIENCE_MS, until } from "./until.ts";

const root = join(import.meta.dirname, "..", "..");

/** A whole stack under its supervisor, from a copy of the build that a test may break and mend. */
export class SupervisedStack {
  readonly folder = mkdtempSync("/tmp/ttt-s-");
  readonly home = join(this.folder, "home");
  readonly #env: Readonly<Record<string, string>>;
  readonly #build = join(this.folder, "ttt");
  #line: PaperLine | undefined;
  #sql: Postgres | undefined;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
    mkdirSync(this.#build);
    for (const part of ["bin", "dist", "package.json", "oclif.manifest.json"]) {
      cpSync(join(root, part), join(this.#build, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.#build, "node_modules"));
  }

  get bin(): string {
    return join(this.#build, "bin", "ttt");
  }

  get env(): Record<string, string> {
    return { NO_COLOR: "1", ...this.#env, TTT_HOME: this.home };
  }

  async ttt(...args: string[]) {
    const { exitCode, stdout, stderr } = await execa(this.bin, args, {
      cwd: this.folder,
      env: this.env,
      reject: false,
    });
    return { exitCode, stdout, stderr };
  }

  /** The envelope of a command. */
  async json(...args: string[]) {
    const { exitCode, stdout, stderr } = await this.ttt(...args, "--json");
    if (stdout === "") throw new Error(`no envelope: ${stderr}`);
    return { exitCode, ...JSON.parse(stdout) };
  }

  /** What the supervisor says, asked past the command line. */
  async snapshot(): Promise<StackSnapshot> {
    return (await controlCall(join(this.home, "run", "supervisor.sock"), "snapshot", undefined, {
      timeoutMs: PATIENCE_MS,
    })) as StackSnapshot;
  }

  async view(instance: string): Promise<InstanceView> {
    const found = (await this.snapshot()).instances.find((view) => view.instance === instance);
    if (!found) throw new Error(`no instance ${instance}`);
    return found;
  }

  untilView(instance: string, holds: (view: InstanceView) => boolean, patienceMs = PATIENCE_MS): Promise<InstanceView> {
    return until(
      `${instance}: ${holds}`,
      async () => {
        const view = await this.view(instance);
        return holds(view) ? view : undefined;
      },
      patienceMs,
    );
  }

  /** What an instance published of itself. */
  facts(instance: string): { readonly url: string } {
    return JSON.parse(readFileSync(join(this.home, "run", `${instance}.json`), "utf8"));
  }

  /** Writes over a file of the build; returns what puts it back. */
  breakBuild(file: string, text: string): () => void {
    const path = join(this.#build, "dist", file);
    const before = readFileSync(path, "utf8");
    writeFileSync(path, text);
    return () => writeFileSync(path, before);
  }

  /** Makes the build on disk another one, that does the same. */
  renameBuild(hash: string): void {
    writeFileSync(join(this.#build, "dist", "build-hash"), hash);
  }

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

  async sql(): Promise<Postgres> {
    this.#sql ??= await openPostgres(databaseUrl(await loadConfig(this.env)));
    return this.#sql;
  }

  /** Fills and open orders as the venue has them and as our records have them; sent intents and orders at the venue. */
  async books() {
    const sql = await this.sql();
    const ids = async (text: string) => (await sql.query<{ id: string }>(text)).map(({ id }) => id).sort();
    const { fills } = await this.venue.ask({ op: "fills-since", after: 0, limit: 10_000 });
    const { orders } = await this.venue.ask({ op: "open-orders", selection: {} });
    const record = readFileSync(join(this.home, "venue", "record.ndjson"), "utf8").split("\n");
    return {
      venue: { fills: fills.map(({ fillId }) => fillId).sort(), open: orders.map((one) => one.clientOrderId).sort() },
      own: {
        fills: await ids("SELECT venue_fill_id AS id FROM fill"),
        open: await ids(
          `SELECT client_order_id AS id FROM order_intent
           WHERE state NOT IN ('denied', 'rejected', 'filled', 'canceled', 'expired')`,
        ),
      },
      ordersAtVenue: record.filter((line) => line.includes('"ticket"')).length,
      sentIntents: (
        await ids("SELECT client_order_id AS id FROM order_intent WHERE state NOT IN ('denied', 'initialized')")
      ).length,
    };
  }

  async fills(): Promise<number> {
    return (await this.venue.ask({ op: "fills-since", after: 0, limit: 10_000 })).fills.length;
  }

  async close(): Promise<void> {
    this.#line?.close();
    await this.#sql?.close();
    await this.ttt("down");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
