import { randomUUID } from "node:crypto";
import { deliverNotices } from "../../src/actions/incidents/deliver-notices.ts";
import { SPOOLED_SIGNALS, takeUpSpool } from "../../src/actions/incidents/take-up-spool.ts";
import type { Cancel } from "../../src/core/clock.ts";
import { messageOf, OutageError } from "../../src/core/errors.ts";
import type { StackEvent } from "../../src/ops/stack-feed.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";
import { openIncidents, openJournalSpool } from "../../src/runtime/incidents.ts";
import { NoticeRoute } from "./notice-route.ts";
import { StackChanges } from "./stack-changes.ts";

/** Short enough that an escalation of a few seconds is one; a look costs one query that finds nothing. */
const ROUND_MS = 1_000;
/** Rounds of delivery at the same time. */
const MOST_DELIVERIES = 4;
const CONNECT_MS = 2_000;
const STATEMENT_MS = 10_000;

type Access = Awaited<ReturnType<typeof openIncidents>>;

/**
 * Keeps the record of this host: what the stack goes through, what was kept on disk while the database was away, and
 * the notices about incidents. It lives in the supervisor because that is up when nothing else is. All that it knows
 * is on disk or in the database, so the next supervisor goes on where this one ended.
 */
export class RecordKeeper {
  readonly #daemon: Pick<Daemon, "config" | "clock" | "log" | "identity">;
  readonly #spool: ReturnType<typeof openJournalSpool>;
  readonly #route: NoticeRoute;
  readonly #changes = new StackChanges();
  #access: Access | undefined;
  #round: Promise<void> = Promise.resolve();
  #cancel: Cancel = () => {};
  readonly #deliveries = new Set<Promise<unknown>>();
  #closed = false;
  #wasAway = false;
  /** Before the migrations have had their turn a new database does not know what a record is, and logs every question. */
  #migrationsDue = true;

  constructor(daemon: Pick<Daemon, "config" | "clock" | "log" | "identity">) {
    this.#daemon = daemon;
    this.#spool = openJournalSpool(daemon.config);
    this.#route = new NoticeRoute(daemon, this.#spool);
    this.#put("supervisor.started", { build: daemon.identity.buildHash, pid: daemon.identity.pid });
    this.#again();
  }

  /** One event of the stack, as everybody who watches it sees it. */
  observe(event: StackEvent): void {
    if (event.kind === "instance" && event.view.service === "migrations") {
      this.#migrationsDue = ["pending", "starting"].includes(event.view.state);
    }
    for (const { kind, body } of this.#changes.of(event)) this.#put(kind, body);
    const batch = this.#changes.signalsOf(event);
    if (batch !== undefined) this.#put(SPOOLED_SIGNALS, batch);
  }

  /** A change that was tried and did not come about is a change to look at, too. */
  reloadFailed(instance: string, reason: string): void {
    this.#put("service.reloaded", { instance, ok: false, reason });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#round;
    await Promise.all(this.#deliveries);
    // The last words of the stack, while its database may still be there.
    try {
      this.#access ??= await this.#connect();
      await takeUpSpool(this.#access);
    } catch {
      // They wait on disk for the next one.
    }
    await this.#access?.close();
    this.#route.close();
  }

  /** What cannot be written, the log still holds. */
  #put(kind: string, body: unknown): void {
    const { clock, log, identity } = this.#daemon;
    const origin = `supervisor, process ${identity.pid}`;
    const entry = { kind, actor: "supervisor", origin, commandId: randomUUID(), occurredAt: clock.now(), body };
    try {
      this.#spool.put(entry);
    } catch (error) {
      log.error("not on record", { kind, body, error });
    }
  }

  #again(): void {
    if (this.#closed) return;
    this.#cancel = this.#daemon.clock.after(ROUND_MS, () => {
      this.#round = this.#look().finally(() => this.#again());
    });
  }

  /** Beside the rest: a receiver that does not answer keeps nothing waiting but the places of a few others. */
  #deliver(access: Access): void {
    if (this.#deliveries.size >= MOST_DELIVERIES) return;
    const { contacts, notifier } = this.#route;
    const delivery = deliverNotices({ ...access, contacts, notifier, by: "supervisor" })
      .catch((error: unknown) => this.#daemon.log.warn("notices wait", { reason: messageOf(error) }))
      .finally(() => this.#deliveries.delete(delivery));
    this.#deliveries.add(delivery);
  }

  #connect() {
    const { config, clock } = this.#daemon;
    const bounds = { connectTimeoutMs: CONNECT_MS, statementTimeoutMs: STATEMENT_MS };
    return openIncidents(config, clock, { applicationName: "supervisor", ...bounds });
  }

  async #look(): Promise<void> {
    const { log } = this.#daemon;
    try {
      await this.#route.follow();
      if (this.#migrationsDue) throw new OutageError("postgres", "its migrations have not run yet");
      this.#access ??= await this.#connect();
      const { refused } = await takeUpSpool(this.#access);
      for (const reason of refused) log.warn("not taken up", { reason });
      this.#deliver(this.#access);
      if (this.#wasAway) log.info("record is kept in the database again");
      this.#wasAway = false;
    } catch (error) {
      if (!this.#wasAway) log.info("record is kept on disk", { reason: messageOf(error) });
      this.#wasAway = true;
      await this.#access?.close().catch(() => {});
      this.#access = undefined;
      await this.#route.offline
        .tell()
        .catch((failure: unknown) => log.warn("nobody told", { reason: messageOf(failure) }));
    }
  }
}
