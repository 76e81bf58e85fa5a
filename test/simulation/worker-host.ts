import { PartitionHolder } from "../../src/actions/trading/hold-partition.ts";
import { keepPermit } from "../../src/actions/trading/keep-permit.ts";
import type { Clock } from "../../src/core/clock.ts";
import { OutageError } from "../../src/core/errors.ts";
import type { Random } from "../../src/core/random.ts";
import { accept, refuse } from "../../src/core/result.ts";
import type { OperatorRequest, VenueReport } from "../../src/live/events.ts";
import type { KillAuthority, KillCopy, LevelChanged, LevelRaise } from "../../src/ports/kill-store.ts";
import type { LeaseStore } from "../../src/ports/lease-store.ts";
import type { Log } from "../../src/ports/log.ts";
import type { BarListener, MarketData } from "../../src/ports/market-data.ts";
import type { OrderStore } from "../../src/ports/order-store.ts";
import type { LastGate, OutgoingOrder, Venue, VenueEvent } from "../../src/ports/venue.ts";
import type { Bar } from "../../src/trading/bar.ts";
import type { InstrumentId } from "../../src/trading/instrument.ts";
import { micros } from "../../src/trading/instrument.ts";
import { type ArmedEpochs, isUnrecorded, latchedState, stillHolds } from "../../src/trading/latched-kill.ts";
import type { PartitionId } from "../../src/trading/lease.ts";
import type { Level } from "../../src/trading/level.ts";
import type { Permit } from "../../src/trading/permit.ts";
import type { Scope } from "../../src/trading/scope.ts";
import type { Held, Host } from "./host.ts";
import type { HostClock } from "./host-clock.ts";
import { Link, type LinkHabits } from "./link.ts";
import { SimProcess } from "./process.ts";
import type { World } from "./world.ts";

const CALL_TIMEOUT_MS = 800;
const CALM: LinkHabits = {
  minMs: 1,
  maxMs: 15,
  stallChance: 0.02,
  stallMs: 1_200,
  doubleChance: 0,
  afterBreakMs: 1_000,
  ordered: true,
};
/** On the way to the venue: longer than an answer is waited for, and with a break less than the session allows for. */
const TO_VENUE: LinkHabits = { ...CALM, stallMs: 1_800 };
const STORE: LinkHabits = { ...CALM, maxMs: 5, ordered: false };

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

interface Subscription {
  readonly ids: readonly InstrumentId[];
  readonly listener: BarListener;
}

interface Latched {
  readonly commandId: string;
  readonly scope: Scope;
  readonly level: Exclude<Level, "RUN">;
  readonly reason: string;
  epoch: number | undefined;
}

/** A worker process that runs the worker's own code, the daemon's shell apart, over ports that go through a bad network. */
export class WorkerHost implements Host {
  readonly name: string;
  readonly #world: World;
  readonly #random: Random;
  readonly #process: SimProcess;
  readonly #toVenue: Link;
  readonly #fromVenue: Link;
  readonly #asks: Link;
  readonly #toStore: Link;
  readonly #fromStore: Link;
  /** Files of the host: they outlive the process. */
  readonly #files: Latched[] = [];
  #holders = new Map<PartitionId, PartitionHolder>();
  #tokens = new Map<PartitionId, number>();
  #sawVenue = new Set<PartitionId>();
  #venueListeners: ((event: VenueEvent) => void)[] = [];
  #barListeners: Subscription[] = [];
  #levelListeners: ((change: LevelChanged | undefined) => void)[] = [];
  #connected = false;
  #traders = 0;
  storeCut = false;
  copyCut = false;

  constructor(name: string, world: World, random: Random) {
    this.name = name;
    this.#world = world;
    this.#random = random.fork(name);
    this.#process = new SimProcess(world.schedule, this.#random.fork("clock"));
    const link = (habits: LinkHabits, fork: string) =>
      new Link(world.schedule, this.#random.fork(fork), habits, () => world.calm);
    this.#toVenue = link(TO_VENUE, "to-venue");
    this.#fromVenue = link({ ...CALM, doubleChance: 0.05, ordered: false }, "from-venue");
    this.#asks = world.habits.asksApart ? link({ ...TO_VENUE, ordered: false }, "asks") : this.#toVenue;
    this.#toStore = link(STORE, "to-store");
    this.#fromStore = link(STORE, "from-store");
  }

  get clock(): HostClock {
    return this.#process.clock;
  }

  get held(): readonly Held[] {
    if (!this.#process.alive) return [];
    return [...this.#holders].flatMap(([partition, { trading }]) =>
      trading === undefined ? [] : [{ partition, token: this.#tokens.get(partition) ?? 0, view: trading.view }],
    );
  }

  start(): void {
    if (this.#process.alive) return;
    this.#process.begin();
    this.#say("start");
    let permit: Permit | undefined;
    for (const { partition } of this.#world.partitions)
      this.#holders.set(
        partition,
        this.#holder(partition, () => permit),
      );
    void keepPermit({
      authority: this.#authority(),
      copies: [this.#copy(), this.#latch()],
      clock: this.#clockPort(),
      log: SILENT,
      actor: this.name,
      onPermit: (offered) => {
        permit = offered;
        for (const holder of this.#holders.values()) holder.takePermit(offered);
      },
      onPush: (push) => {
        this.#say(`push ${push.scope} ${push.level} ${push.epoch ?? "unrecorded"}`);
        for (const holder of this.#holders.values()) holder.takePush(push);
      },
    });
    this.#process.after(this.#random.integer(1, 50), () => this.#connect());
  }

  crash(): void {
    if (!this.#process.alive) return;
    this.#say("crash");
    this.#process.kill();
    this.#holders = new Map();
    this.#tokens = new Map();
    this.#sawVenue = new Set();
    this.#venueListeners = [];
    this.#barListeners = [];
    this.#levelListeners = [];
    this.#connected = false;
    this.#toVenue.break();
    this.#asks.break();
  }

  pause(forMs: number): void {
    this.#say(`pause ${forMs.toFixed(0)}`);
    this.#process.pause(forMs);
  }

  disconnect(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#toVenue.break();
    this.#asks.break();
    this.#fromVenue.break();
    this.#process.receive(() => this.#emit({ kind: "venue-disconnected" }));
    this.#process.after(this.#random.integer(50, 3_000), () => this.#connect());
  }

  report(report: VenueReport): void {
    if (this.#connected) this.#fromVenue.send(this.#process.outside(() => this.#connected && this.#emit(report)));
  }

  feed(instrument: InstrumentId, bar: Bar): void {
    this.#process.after(this.#random.integer(1, 30), () => {
      for (const { ids, listener } of this.#barListeners)
        if (ids.includes(instrument)) listener.onBar({ instrument, bar, done() {} });
    });
  }

  push(scope: Scope, level: Level, epoch: number | undefined): void {
    if (this.storeCut) return;
    this.#toStore.send(
      this.#process.outside(() => {
        if (level !== "RUN" && epoch === undefined)
          this.#write({ commandId: `${scope}/${level}/${this.#files.length}`, scope, level, reason: "" });
        for (const listener of this.#levelListeners) listener({ scope, level, epoch: epoch ?? 0, changed: true });
      }),
    );
  }

  ask(request: OperatorRequest): void {
    this.#process.after(this.#random.integer(1, 200), () => {
      for (const holder of this.#holders.values()) holder.ask(request);
    });
  }

  // The ports of the worker.

  #holder(partition: PartitionId, permit: () => Permit | undefined): PartitionHolder {
    return new PartitionHolder({
      freshConfig: () => {
        this.#traders += 1;
        return this.#world.configFor(partition, this.#random.fork(`${partition}/${this.#traders}`));
      },
      venue: this.#venue(partition),
      orders: this.#orders(),
      authority: this.#authority(),
      latches: [this.#latch()],
      leases: this.#leases(),
      openMarketData: () => this.#marketData(),
      clock: this.#clockPort(),
      log: SILENT,
      worker: this.name,
      limits: () => this.#world.limits,
      permissions: this.#world.permissions,
      mayTake: () => true,
      permit,
      onAcknowledge: ({ epoch, level, lastSent }) =>
        this.#say(`${partition} acknowledges ${epoch} ${level} after ${lastSent}`),
      onAlert: (code, text) => this.#say(`${partition} alert ${code} ${text}`),
      onStep: (event, commands) =>
        this.#say(`${partition} ${event.kind}${commands.map(({ kind }) => ` > ${kind}`).join("")}`),
    });
  }

  #clockPort(): Clock {
    const { clock } = this.#process;
    return {
      now: () => clock.wall,
      monotonic: () => clock.mono,
      after: (delayMs, callback) => this.#process.after(clock.trueOf(delayMs) + 0.01, callback),
    };
  }

  #authority(): KillAuthority {
    const { authority } = this.#world;
    return {
      name: "authority",
      role: "authority",
      read: () =>
        this.#store(() => ({ ...authority.read(), armed: authority.armed })).catch(() => {
          return { store: "authority", role: "authority", status: "unreachable" } as const;
        }),
      raise: (raise) => this.#raiseAtAuthority("raise", raise),
      record: (raise) => this.#raiseAtAuthority("recordKill", raise),
      arm: () => Promise.resolve(undefined),
      found: () => Promise.resolve(false),
      onChange: (listener) => this.#listen(this.#levelListeners, listener),
      close() {},
    };
  }

  #raiseAtAuthority(how: "raise" | "recordKill", { commandId, scope, level }: LevelRaise): Promise<LevelChanged> {
    const { authority } = this.#world;
    this.#world.invariants.raised(commandId);
    return this.#store(() => {
      const changed = this.#world.raiseAtAuthority(commandId, scope, level, how);
      return { scope, level, epoch: authority.state.levels.get(scope)?.since ?? 0, changed };
    });
  }

  #copy(): KillCopy {
    const { copy } = this.#world;
    const unreachable = () => this.copyCut || this.#world.copyDown;
    return {
      name: "copy",
      role: "copy",
      read: () =>
        this.#soon(() =>
          unreachable() ? ({ store: "copy", role: "copy", status: "unreachable" } as const) : copy.read(),
        ),
      // What was set by hand is recorded by the world's own controller.
      unrecorded: () => Promise.resolve([]),
      follow: (state) =>
        this.#soon(() => {
          if (!unreachable()) copy.write(state);
        }),
      raise: ({ scope, level, epoch }) => Promise.resolve({ scope, level, epoch: epoch ?? 0, changed: true }),
      onChange: () => Promise.resolve(() => {}),
      close() {},
    };
  }

  #latch(): KillCopy {
    return {
      name: "file",
      role: "latch",
      read: (armed) =>
        this.#soon(
          () => ({ store: "file", role: "latch", status: "read", state: latchedState(this.#files, armed) }) as const,
        ),
      unrecorded: (epoch) => this.#soon(() => this.#files.filter((kill) => isUnrecorded(kill, epoch))),
      follow: (_state, armed: ArmedEpochs) =>
        this.#soon(() => {
          for (const kill of [...this.#files])
            if (!stillHolds(kill, armed)) this.#files.splice(this.#files.indexOf(kill), 1);
        }),
      raise: (raise) => this.#soon(() => this.#write(raise)),
      onChange: () => Promise.resolve(() => {}),
      close() {},
    };
  }

  #write({ commandId, scope, level, reason, epoch }: Omit<LevelRaise, "actor" | "origin">): LevelChanged {
    const known = this.#files.find((kill) => kill.commandId === commandId);
    if (known === undefined) this.#files.push({ commandId, scope, level, reason, epoch });
    else known.epoch = epoch ?? known.epoch;
    return { scope, level, epoch: epoch ?? 0, changed: known === undefined };
  }

  #leases(): LeaseStore {
    const { authority } = this.#world;
    return {
      take: (partition) =>
        this.#store(() => authority.take(partition, this.name)).then((token) => {
          if (token === undefined) return undefined;
          this.#say(`holds ${partition} ${token}`);
          this.#tokens.set(partition, token);
          this.#sawVenue.delete(partition);
          return { partition, token, drain: false };
        }),
      renew: (partition, _holder, token) =>
        this.#store(() => authority.renew(partition, token)).then((held) =>
          held ? { partition, token, drain: false } : undefined,
        ),
      release: (partition, _holder, token) => this.#store(() => authority.release(partition, token)),
      askToDrain: () => Promise.resolve(),
      list: () => Promise.resolve([]),
      close() {},
    };
  }

  #orders(): OrderStore {
    const { authority } = this.#world;
    return {
      load: (partition) => this.#store(() => authority.load(partition)),
      commitIntents: (partition, token, intents) =>
        this.#store(() => authority.commit(partition, token, intents)).then((outcome) =>
          outcome === "committed" ? { kind: "committed", refused: [] } : { kind: "refused", reason: "fenced" },
        ),
      others: () => Promise.resolve({ others: new Map(), worth: micros(0) }),
      recordDenials: () => Promise.resolve(),
      recordEquity: () => Promise.resolve(),
      recordBook: (partition, _owner, change) => this.#store(() => authority.record(partition, change)),
      recordCertificate: () => Promise.resolve(true),
      recordProgress: (partition, evidence) => {
        this.#world.progressed(this, partition, evidence);
        return this.#store(() => {
          if (evidence.phase === "done") authority.rows(partition).done.push(evidence.request);
        });
      },
      close() {},
    };
  }

  #venue(partition: PartitionId): Venue {
    const { venue } = this.#world;
    return {
      name: "venue",
      inFlightMs: 3_000,
      deadMansSwitch: { offered: true, covers: "account", exclusions: [] },
      submit: (order, gate) => this.#submit(partition, order, gate),
      cancel: (id) => {
        if (this.#connected) this.#toVenue.send(() => venue.cancel(id));
      },
      cancelAll: () => Promise.resolve([]),
      order: (id) => this.#ask(() => venue.find(id)),
      snapshot: (cursor) =>
        this.#ask(() => venue.snapshot(cursor)).then((snapshot) => {
          this.#sawVenue.add(partition);
          return snapshot;
        }),
      time: () => this.#ask(() => this.#world.schedule.now),
      deadMan: (_selection, timeoutMs) => this.#ask(() => venue.deadMan(timeoutMs), this.#toVenue),
      onEvent: (listener) => {
        this.#venueListeners.push(listener);
        if (this.#connected) listener({ kind: "venue-connected" });
        return () => {
          this.#venueListeners = this.#venueListeners.filter((one) => one !== listener);
        };
      },
      close() {},
    };
  }

  /**
   * The gate and the write are one turn. The process may be stopped on the way into it: then the clocks say so to the
   * gate, and this write and every later one of the same turn happen when it runs again, before anything else does.
   */
  #submit(partition: PartitionId, { id, terms, departure }: OutgoingOrder, gate: LastGate) {
    if (!this.#connected) return refuse({ code: "VENUE_DISCONNECTED" });
    const { schedule, habits, calm } = this.#world;
    if (!calm && this.#random.next() < habits.pauseBeforeWrite) {
      const stopped = this.#random.next() * 9_000;
      this.#say(`pause ${stopped.toFixed(0)} in a turn`);
      this.#process.stopInTurn(stopped);
    }
    const verdict = gate(departure);
    if (!verdict.ok) return verdict;
    const write = () => {
      this.#world.wrote(this, { partition, sawVenue: this.#sawVenue.has(partition) }, { id, terms, departure });
      this.#toVenue.send(
        () => this.#world.venueTakes(id, terms),
        () => this.#world.invariants.lost(id),
      );
    };
    const late = this.clock.aheadUntil - schedule.now;
    if (this.#world.fault === "gate-with-await") this.#process.after(this.#random.integer(0, 6_000), write);
    else if (late <= 0) write();
    else this.#process.atEndOfStop(write);
    return accept(true as const);
  }

  #marketData(): MarketData {
    let mine: Subscription | undefined;
    return {
      history: () => Promise.resolve([]),
      subscribe: (ids, listener) => {
        mine = { ids, listener };
        this.#barListeners.push(mine);
        return Promise.resolve();
      },
      close: () => {
        this.#barListeners = this.#barListeners.filter((one) => one !== mine);
      },
    };
  }

  #connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#emit({ kind: "venue-connected" });
  }

  #emit(event: VenueEvent): void {
    for (const listener of [...this.#venueListeners]) listener(event);
  }

  /** A call to the store: lost on the way there, carried out, lost on the way back. Then nobody knows. */
  #store<T>(carryOut: () => T): Promise<T> {
    return this.#call((answer) => {
      if (this.storeCut) return;
      this.#toStore.send(() => {
        if (this.#world.authorityDown) return;
        const result = carryOut();
        if (!this.storeCut) this.#fromStore.send(() => answer(result));
      });
    });
  }

  #ask<T>(carryOut: () => T, way = this.#asks): Promise<T> {
    return this.#call((answer) => {
      if (!this.#connected) return;
      way.send(() => {
        const result = carryOut();
        this.#fromVenue.send(() => this.#connected && answer(result));
      });
    });
  }

  #call<T>(make: (answer: (result: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      // Of this life: an answer that comes after a crash finds nobody.
      const life = this.#process.life;
      make((result) => life === this.#process.life && this.#process.receive(() => resolve(result)));
      this.#process.after(CALL_TIMEOUT_MS, () => reject(new OutageError("simulation", "no answer in time")));
    });
  }

  #soon<T>(read: () => T): Promise<T> {
    return new Promise((resolve) => this.#process.after(this.#random.integer(1, 5), () => resolve(read())));
  }

  #listen<T>(listeners: T[], listener: T): Promise<() => void> {
    listeners.push(listener);
    return Promise.resolve(() => {});
  }

  #say(what: string): void {
    this.#world.log.write(this.#world.schedule.now, this.name, what);
  }
}
