import { type Clock, sleep } from "../../core/clock.ts";
import type { AuthorityReading, KillAuthority, LevelChanged, LevelRaise } from "../../ports/kill-store.ts";
import type { SetLevel } from "../../trading/kill-state.ts";
import { type Level, parseLevel } from "../../trading/level.ts";
import { parseScope, type Scope } from "../../trading/scope.ts";
import type { Postgres } from "./postgres.ts";

/** Notices of level changes: `{"scope","level","epoch"}`. */
const CHANNEL = "ttt_trading_level";
/** A reading that takes longer is of no use to a permit that is renewed twice a second. */
const READ_TIMEOUT_MS = 1_000;

interface LevelRow {
  readonly scope: string | null;
  readonly level: string | null;
  readonly since: number | null;
  readonly armed_epoch: number | null;
  readonly epoch: number;
}

/** The authority on levels: rows in PostgreSQL, changed by functions that count the epoch and write the journal. */
export class PostgresKillAuthority implements KillAuthority {
  readonly name = "postgres";
  readonly role = "authority";
  readonly #postgres: Postgres;
  readonly #clock: Clock;
  readonly #readTimeoutMs: number;
  #pending = false;

  constructor(postgres: Postgres, clock: Clock, options: { readTimeoutMs?: number } = {}) {
    this.#postgres = postgres;
    this.#clock = clock;
    this.#readTimeoutMs = options.readTimeoutMs ?? READ_TIMEOUT_MS;
  }

  async read(): Promise<AuthorityReading> {
    const unreachable = { store: this.name, role: this.role, status: "unreachable" } as const;
    // While a server hangs its connections must not pile up. An old answer is not taken for a new one.
    if (this.#pending) return unreachable;
    this.#pending = true;
    const answer = this.#readRows()
      .catch(() => unreachable)
      .finally(() => {
        this.#pending = false;
      });
    const waiting = new AbortController();
    const late = sleep(this.#clock, this.#readTimeoutMs, waiting.signal).then(() => unreachable);
    return Promise.race([answer, late]).finally(() => waiting.abort());
  }

  raise(raise: LevelRaise): Promise<LevelChanged> {
    return this.#change("trading_level_raise", raise);
  }

  record(raise: LevelRaise): Promise<LevelChanged> {
    return this.#change("trading_level_record", raise);
  }

  async arm(arm: Parameters<KillAuthority["arm"]>[0]): Promise<LevelChanged | undefined> {
    const { scope, expectedEpoch, reason, actor, origin, commandId } = arm;
    const [row] = await this.#postgres.query<LevelChanged>(
      "SELECT scope, level, epoch, changed FROM trading_level_arm($1, $2, $3, $4, $5, $6)",
      [scope, expectedEpoch, reason, actor, origin, commandId],
    );
    return row;
  }

  async found(level: Level, reason: string, actor: string): Promise<boolean> {
    const [row] = await this.#postgres.query<{ founded: boolean }>(
      "SELECT trading_level_found($1, $2, $3) AS founded",
      [level, reason, actor],
    );
    return row?.founded ?? false;
  }

  onChange(listener: (change: LevelChanged | undefined) => void) {
    return this.#postgres.listen(
      CHANNEL,
      (payload) => listener(parseNotice(payload)),
      () => listener(undefined),
    );
  }

  /** The connection is whose who opened it. */
  close(): void {}

  async #change(
    how: "trading_level_raise" | "trading_level_record",
    { scope, level, reason, actor, origin, commandId }: LevelRaise,
  ): Promise<LevelChanged> {
    const [row] = await this.#postgres.query<LevelChanged>(
      `SELECT scope, level, epoch, changed FROM ${how}($1, $2, $3, $4, $5, $6)`,
      [scope, level, reason, actor, origin, commandId],
    );
    return row!;
  }

  async #readRows(): Promise<AuthorityReading> {
    const rows = await this.#postgres.query<LevelRow>(
      "SELECT l.scope, l.level, l.epoch AS since, l.armed_epoch, e.epoch FROM trading_epoch e LEFT JOIN trading_level l ON true",
    );
    const levels = new Map<Scope, SetLevel>();
    const armed = new Map<Scope, number>();
    for (const row of rows) {
      const scope = parseScope(row.scope ?? "");
      if (scope === undefined) continue;
      levels.set(scope, { level: parseLevel(row.level), since: row.since ?? 0 });
      armed.set(scope, row.armed_epoch ?? 0);
    }
    const store = { store: this.name, role: this.role } as const;
    if (!levels.has("global")) return { ...store, status: "absent" };
    return { ...store, status: "read", state: { epoch: rows[0]!.epoch, levels }, armed };
  }
}

function parseNotice(payload: string): LevelChanged | undefined {
  const { scope, level, epoch } = JSON.parse(payload) as { scope: string; level: string; epoch: number };
  const known = parseScope(scope);
  return known === undefined ? undefined : { scope: known, level: parseLevel(level), epoch, changed: true };
}
