import type { BookChange } from "../../src/live/commands.ts";
import type { StoredPartition } from "../../src/live/stored.ts";
import type { Fill, FillId } from "../../src/trading/fill.ts";
import { lots } from "../../src/trading/instrument.ts";
import type { Intent } from "../../src/trading/intent.ts";
import { arm, type KillState, kill, type StoreReading } from "../../src/trading/kill-state.ts";
import { LEASE_LIFE_MS, type PartitionId } from "../../src/trading/lease.ts";
import type { Level } from "../../src/trading/level.ts";
import { type ClientOrderId, isTerminal, type Order } from "../../src/trading/order.ts";
import type { Position } from "../../src/trading/position.ts";
import type { Scope } from "../../src/trading/scope.ts";

interface LeaseRow {
  token: number;
  holder: string;
  expires: number;
}

interface PartitionRows {
  readonly intents: Map<ClientOrderId, { readonly intent: Intent; order: Order }>;
  readonly fills: Map<FillId, Fill>;
  readonly positions: Map<string, Position>;
  readonly done: string[];
  cursor: string;
  lastToken: number;
  lastChange: number;
}

/** The authority: levels, leases, intents and the books. Every call is one transaction that happens whole or not at all. */
export class FakeAuthority {
  readonly #now: () => number;
  readonly #checksTokens: () => boolean;
  readonly #leases = new Map<PartitionId, LeaseRow>();
  readonly #rows = new Map<PartitionId, PartitionRows>();
  readonly #released = new Map<PartitionId, number>();
  readonly #commands = new Set<string>();
  readonly #armed = new Map<Scope, number>();
  state: KillState = { epoch: 1, levels: new Map([["global", { level: "RUN", since: 1 }]]) };

  constructor(now: () => number, checksTokens: () => boolean) {
    this.#now = now;
    this.#checksTokens = checksTokens;
  }

  raise(id: string, scope: Scope, level: Level): boolean {
    if (this.#commands.has(id)) return false;
    this.#commands.add(id);
    const { state, changed } = kill(this.state, scope, level);
    this.state = state;
    return changed;
  }

  /** A kill that was set elsewhere: where another one holds the scope, the level stays and the epoch is a new one. */
  recordKill(id: string, scope: Scope, level: Level): boolean {
    if (this.#commands.has(id)) return false;
    if (this.raise(id, scope, level)) return true;
    const epoch = this.state.epoch + 1;
    const held = this.state.levels.get(scope)?.level ?? level;
    this.state = { epoch, levels: new Map(this.state.levels).set(scope, { level: held, since: epoch }) };
    return true;
  }

  arm(scope: Scope): void {
    this.state = arm(this.state, scope, "RUN");
    this.#armed.set(scope, this.state.epoch);
  }

  /** The epoch of each scope's latest arm. */
  get armed(): ReadonlyMap<Scope, number> {
    return new Map(this.#armed);
  }

  /** Whether a command to raise a level has reached it. */
  knows(commandId: string): boolean {
    return this.#commands.has(commandId);
  }

  read(): StoreReading {
    return { store: "authority", role: "authority", status: "read", state: this.state };
  }

  take(partition: PartitionId, holder: string): number | undefined {
    const row = this.#leases.get(partition);
    if (row !== undefined && row.expires > this.#now()) return undefined;
    const token = (row?.token ?? 0) + 1;
    this.#leases.set(partition, { token, holder, expires: this.#now() + LEASE_LIFE_MS });
    return token;
  }

  renew(partition: PartitionId, token: number): boolean {
    const row = this.#leases.get(partition);
    if (row?.token !== token) return false;
    row.expires = this.#now() + LEASE_LIFE_MS;
    return true;
  }

  release(partition: PartitionId, token: number): void {
    const row = this.#leases.get(partition);
    if (row?.token !== token) return;
    row.expires = this.#now();
    this.#released.set(partition, this.#now());
  }

  /** When the partition was last given back in good order. */
  releasedAt(partition: PartitionId): number {
    return this.#released.get(partition) ?? Number.NEGATIVE_INFINITY;
  }

  /** Who may send for the partition at this moment, by the store's own clock. */
  holder(partition: PartitionId): LeaseRow | undefined {
    const row = this.#leases.get(partition);
    return row !== undefined && row.expires > this.#now() ? row : undefined;
  }

  load(partition: PartitionId): StoredPartition {
    const rows = this.rows(partition);
    const all = [...rows.intents.values()];
    return {
      nextSequence: all.reduce((highest, { intent }) => Math.max(highest, intent.sequence), 0) + 1,
      orders: all.filter(({ order }) => !isTerminal(order.state)),
      endedOrders: all.filter(({ order }) => isTerminal(order.state)),
      positions: [...rows.positions.values()],
      appliedFills: [...rows.fills.keys()],
      fillCursor: rows.cursor,
      doneRequests: [...rows.done],
      armedEpoch: 0,
      runsSinceHuman: all.length,
      equity: undefined,
    };
  }

  commit(partition: PartitionId, token: number, intents: readonly Intent[]): "committed" | "fenced" {
    if (!this.#holds(partition, token)) return "fenced";
    const { intents: rows } = this.rows(partition);
    for (const intent of intents) {
      if (rows.has(intent.id)) continue;
      const { id, terms, owner } = intent;
      rows.set(id, { intent, order: { id, terms, owner, state: "initialized", filled: lots(0) } });
    }
    return "committed";
  }

  record(partition: PartitionId, change: BookChange): boolean {
    if (!this.#holds(partition, change.token)) return false;
    const rows = this.rows(partition);
    if (change.token === rows.lastToken && change.change <= rows.lastChange) return true;
    rows.lastToken = change.token;
    rows.lastChange = change.change;
    for (const order of change.orders) {
      const row = rows.intents.get(order.id);
      if (row !== undefined) row.order = order;
    }
    for (const fill of change.fills) rows.fills.set(fill.id, fill);
    for (const position of change.positions) rows.positions.set(position.instrument, position);
    if (change.fillCursor !== undefined) rows.cursor = change.fillCursor;
    return true;
  }

  rows(partition: PartitionId): PartitionRows {
    const found = this.#rows.get(partition);
    if (found !== undefined) return found;
    const made: PartitionRows = {
      intents: new Map(),
      fills: new Map(),
      positions: new Map(),
      done: [],
      cursor: "",
      lastToken: 0,
      lastChange: 0,
    };
    this.#rows.set(partition, made);
    return made;
  }

  #holds(partition: PartitionId, token: number): boolean {
    return !this.#checksTokens() || this.#leases.get(partition)?.token === token;
  }
}

/** The fast copy of the levels. It may lose everything, fall behind, or be set by hand. */
export class FakeCopy {
  #state: KillState | undefined;
  #byHand = new Map<Scope, { readonly level: Level; readonly since: number }>();

  /** Takes over what the authority shows. A level set by hand ends only with a later change of its own scope. */
  write(state: KillState): void {
    if (this.#state !== undefined && state.epoch < this.#state.epoch) return;
    this.#state = state;
    for (const [scope, { since }] of this.#byHand) {
      if ((state.levels.get(scope)?.since ?? 0) > since) this.#byHand.delete(scope);
    }
  }

  setByHand(scope: Scope, level: Level): void {
    this.#byHand.set(scope, { level, since: this.#state?.epoch ?? 0 });
  }

  lose(): void {
    this.#state = undefined;
    this.#byHand.clear();
  }

  /** Levels that only this store knows. */
  get byHand(): ReadonlyMap<Scope, { readonly level: Level; readonly since: number }> {
    return this.#byHand;
  }

  read(): StoreReading {
    if (this.#state === undefined) return { store: "copy", role: "copy", status: "absent" };
    const levels = new Map([...this.#state.levels, ...this.#byHand]);
    return { store: "copy", role: "copy", status: "read", state: { epoch: this.#state.epoch, levels } };
  }
}
