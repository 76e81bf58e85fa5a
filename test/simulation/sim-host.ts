import type { Random } from "../../src/core/random.ts";
import type { BookChange, Command } from "../../src/live/commands.ts";
import type { Happening, OperatorRequest, VenueReport } from "../../src/live/events.ts";
import { createSession, type Session } from "../../src/live/session.ts";
import type { SessionConfig } from "../../src/live/session-config.ts";
import type { Bar } from "../../src/trading/bar.ts";
import { mayLeave } from "../../src/trading/gate.ts";
import type { InstrumentId } from "../../src/trading/instrument.ts";
import { micros } from "../../src/trading/instrument.ts";
import { combineStores, type KillState, kill, type StoreReading } from "../../src/trading/kill-state.ts";
import { LEASE_LIFE_MS, type PartitionId } from "../../src/trading/lease.ts";
import type { Level } from "../../src/trading/level.ts";
import { issuePermit, PERMIT_LIFE_MS, PERMIT_RENEWAL_MS } from "../../src/trading/permit.ts";
import { soleOwner } from "../../src/trading/risk/account-view.ts";
import type { Scope } from "../../src/trading/scope.ts";
import type { Held, Host } from "./host.ts";
import { HostClock } from "./host-clock.ts";
import { Link } from "./link.ts";
import type { World } from "./world.ts";

/** How long a store or the venue may take to answer before the host gives the call up. */
const CALL_TIMEOUT_MS = 800;
/** On the way to the venue: longer than an answer is waited for, and with a break less than the session allows for. */
const LONGEST_STALL_MS = 1_800;
const LEASE_RENEWAL_MS = LEASE_LIFE_MS / 3;

type SubmitCommand = Extract<Command, { kind: "submit" }>;

interface Seat {
  readonly partition: PartitionId;
  readonly session: Session;
  readonly token: number;
  /** Book changes that the store has not confirmed yet, oldest first: they are written in this order. */
  readonly unwritten: BookChange[];
  writing: boolean;
  timerAt: number | undefined;
  /** The venue has shown this session its truth at least once. */
  sawVenue: boolean;
}

/** One worker process on a host of its own: runs real sessions, carries out their commands over a bad network. */
export class SimHost implements Host {
  readonly name: string;
  readonly clock: HostClock;
  readonly #world: World;
  readonly #random: Random;
  readonly #toVenue: Link;
  readonly #fromVenue: Link;
  readonly #asks: Link;
  readonly #toStore: Link;
  readonly #fromStore: Link;
  readonly #seats = new Map<PartitionId, Seat>();
  readonly #queue: (() => void)[] = [];
  /** The latch: kills that were heard of and that the authority may not hold yet. Outlives the process. */
  #file: KillState = { epoch: 0, levels: new Map() };
  #life = 0;
  #alive = false;
  #connected = false;
  #pausedUntil = 0;
  storeCut = false;
  copyCut = false;

  constructor(name: string, world: World, random: Random) {
    this.name = name;
    this.#world = world;
    this.#random = random.fork(name);
    this.clock = new HostClock(this.#random.fork("clock"), () => world.schedule.now);
    const calm = {
      minMs: 1,
      maxMs: 15,
      stallChance: 0.02,
      stallMs: 1_200,
      doubleChance: 0,
      afterBreakMs: 1_000,
      ordered: true,
    };
    const link = (habits: Partial<typeof calm>, fork: string) =>
      new Link(world.schedule, this.#random.fork(fork), { ...calm, ...habits }, () => world.calm);
    const toVenue = { stallMs: LONGEST_STALL_MS };
    this.#toVenue = link(toVenue, "to-venue");
    this.#fromVenue = link({ doubleChance: 0.05, ordered: false }, "from-venue");
    this.#asks = world.habits.asksApart ? link({ ...toVenue, ordered: false }, "asks") : this.#toVenue;
    this.#toStore = link({ maxMs: 5, ordered: false }, "to-store");
    this.#fromStore = link({ maxMs: 5, ordered: false }, "from-store");
  }

  get held(): readonly Held[] {
    if (!this.#alive) return [];
    return [...this.#seats.values()].map(({ partition, token, session }) => ({ partition, token, view: session.view }));
  }

  start(): void {
    if (this.#alive) return;
    this.#life += 1;
    this.#alive = true;
    this.#world.log.write(this.#world.schedule.now, this.name, "start");
    this.#every(PERMIT_RENEWAL_MS, () => this.#renewPermit());
    this.#every(LEASE_RENEWAL_MS, () => this.#renewLeases());
    this.#renewLeases();
    this.#in(this.#random.integer(1, 50), () => this.connect());
  }

  /** SIGKILL: everything in memory is gone, nothing under way is called back. */
  crash(): void {
    if (!this.#alive) return;
    this.#world.log.write(this.#world.schedule.now, this.name, "crash");
    this.#alive = false;
    this.#life += 1;
    this.#seats.clear();
    this.#queue.length = 0;
    this.#pausedUntil = 0;
    this.#connected = false;
    this.#toVenue.break();
    this.#asks.break();
  }

  /** SIGSTOP and SIGCONT: nothing runs meanwhile, clocks go on, everything that came waits. */
  pause(forMs: number): void {
    const until = this.#world.schedule.now + forMs;
    this.#world.log.write(this.#world.schedule.now, this.name, `pause ${forMs.toFixed(0)}`);
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#world.schedule.after(forMs, () => this.#resume());
  }

  connect(): void {
    if (!this.#alive || this.#connected) return;
    this.#connected = true;
    this.#tellAll({ kind: "venue-connected" });
  }

  disconnect(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#toVenue.break();
    this.#asks.break();
    this.#fromVenue.break();
    this.#receive(() => this.#tellAll({ kind: "venue-disconnected" }));
    this.#world.schedule.after(this.#random.integer(50, 3_000), () => this.#receive(() => this.connect()));
  }

  /** A report of the venue, over this host's connection. */
  report(report: VenueReport): void {
    if (!this.#connected) return;
    this.#fromVenue.send(() => this.#receive(() => this.#connected && this.#tellAll(report)));
  }

  feed(instrument: InstrumentId, bar: Bar): void {
    this.#in(this.#random.integer(1, 30), () => this.#tellAll({ kind: "bar-closed", instrument, bar }));
  }

  push(scope: Scope, level: Level, epoch: number | undefined): void {
    if (this.storeCut) return;
    this.#toStore.send(() =>
      this.#receive(() => {
        if (epoch === undefined) this.#latch(scope, level);
        this.#tellAll({ kind: "level-pushed", scope, level, epoch });
      }),
    );
  }

  ask(request: OperatorRequest): void {
    this.#in(this.#random.integer(1, 200), () => this.#tellAll({ kind: "operator-asked", request }));
  }

  // What follows runs inside the process.

  #renewPermit(): void {
    const readAt = this.clock.mono;
    const readings: StoreReading[] = [];
    const arrive = (reading: StoreReading, wanted: number) => {
      readings.push(reading);
      if (readings.length === wanted) this.#issue(readings, readAt);
    };
    if (this.#world.fault === "permit-from-copy") {
      // The fault: the copy is believed to be as good as the authority.
      this.#callCopy((reading) => arrive({ ...reading, role: "authority" }, 1));
      return;
    }
    this.#callStore(
      () => this.#world.authority.read(),
      (reading) => arrive(reading ?? { store: "authority", role: "authority", status: "unreachable" }, 2),
    );
    this.#callCopy((reading) => arrive(reading, 2));
  }

  #issue(readings: StoreReading[], readAt: number): void {
    const file: StoreReading = { store: "file", role: "latch", status: "read", state: this.#file };
    this.#forgetLatched(readings);
    const permit = issuePermit([...readings, file], readAt);
    if (permit !== undefined) this.#tellAll({ kind: "permit-read", permit });
  }

  /** A latched kill ends with a later change of its scope at the authority. */
  #forgetLatched(readings: readonly StoreReading[]): void {
    const authority = readings.find((reading) => reading.role === "authority");
    if (authority?.status !== "read") return;
    const levels = [...this.#file.levels].filter(
      ([scope, set]) => (authority.state.levels.get(scope)?.since ?? 0) <= set.since,
    );
    this.#file = { epoch: authority.state.epoch, levels: new Map(levels) };
  }

  #latch(scope: Scope, level: Level): void {
    const { state, changed } = kill(this.#file, scope, level);
    if (changed)
      this.#file = {
        epoch: this.#file.epoch,
        levels: new Map([
          ...this.#file.levels,
          [scope, { level: state.levels.get(scope)!.level, since: this.#file.epoch }],
        ]),
      };
  }

  #renewLeases(): void {
    for (const { partition } of this.#world.partitions) {
      const seat = this.#seats.get(partition);
      const asked = this.clock.mono;
      if (seat === undefined) {
        this.#callStore(
          () => this.#world.authority.take(partition, this.name),
          (token) => token !== undefined && this.#sit(partition, token, asked),
        );
      } else {
        this.#callStore(
          () => this.#world.authority.renew(partition, seat.token),
          (held) => {
            if (held === undefined || this.#seats.get(partition) !== seat) return;
            if (held)
              this.#tell(seat, {
                kind: "lease-held",
                lease: { partition, token: seat.token, expires: asked + LEASE_LIFE_MS },
              });
            else this.#stand(seat);
          },
        );
      }
    }
  }

  #sit(partition: PartitionId, token: number, asked: number): void {
    if (this.#seats.has(partition)) return;
    const config: SessionConfig = this.#world.configFor(partition, this.#random.fork(`${partition}/${token}`));
    const session = createSession(config);
    const seat: Seat = {
      partition,
      session,
      token,
      unwritten: [],
      writing: false,
      timerAt: undefined,
      sawVenue: false,
    };
    this.#seats.set(partition, seat);
    this.#world.log.write(this.#world.schedule.now, this.name, `holds ${partition} ${token}`);
    this.#tell(seat, { kind: "limits-read", limits: this.#world.limits });
    this.#tell(seat, { kind: "permissions-read", permissions: this.#world.permissions });
    this.#tell(seat, { kind: "account-read", view: soleOwner(micros(1e12), 0) });
    for (const { id } of config.instruments) {
      this.#tell(seat, {
        kind: "market-status",
        instrument: id,
        status: { phase: "open", allowedTypes: config.capabilities.types, allowedTimes: config.capabilities.times },
      });
    }
    if (this.#world.fault === "restart-in-run") this.#assumeRun(seat);
    if (this.#connected) this.#tell(seat, { kind: "venue-connected" });
    this.#tell(seat, { kind: "lease-held", lease: { partition, token, expires: asked + LEASE_LIFE_MS } });
  }

  /** The fault: a new process takes it that trading is allowed until it hears otherwise. */
  #assumeRun(seat: Seat): void {
    const state: KillState = { epoch: 1, levels: new Map([["global", { level: "RUN", since: 1 }]]) };
    const reading = { store: "assumed", role: "authority", status: "read", state } as const;
    const permit = {
      state: combineStores([reading]),
      readAt: this.clock.mono,
      expires: this.clock.mono + PERMIT_LIFE_MS * 5,
    };
    this.#tell(seat, { kind: "permit-read", permit });
  }

  #stand(seat: Seat): void {
    this.#world.log.write(this.#world.schedule.now, this.name, `loses ${seat.partition} ${seat.token}`);
    this.#tell(seat, { kind: "lease-lost" });
    this.#seats.delete(seat.partition);
  }

  #tellAll(happening: Happening): void {
    for (const seat of [...this.#seats.values()]) this.#tell(seat, happening);
  }

  #tell(seat: Seat, happening: Happening): void {
    this.#world.log.write(this.#world.schedule.now, this.name, `${seat.partition} < ${describe(happening)}`);
    for (const command of seat.session.step({ ...happening, at: this.clock.read() })) {
      // In order also when the process is stopped in the middle of them.
      this.#receive(() => this.#carryOut(seat, command));
    }
    this.#setTimer(seat);
  }

  #setTimer(seat: Seat): void {
    const at = seat.session.wakeAt;
    if (at === undefined || (seat.timerAt !== undefined && seat.timerAt <= at)) return;
    seat.timerAt = at;
    this.#in(this.clock.until(at) + 0.01, () => {
      if (seat.timerAt === at) seat.timerAt = undefined;
      if (this.#seats.get(seat.partition) === seat) this.#tell(seat, { kind: "timer" });
    });
  }

  #carryOut(seat: Seat, command: Command): void {
    const { authority } = this.#world;
    const { partition } = seat;
    if (command.kind !== "record-book") {
      this.#world.log.write(this.#world.schedule.now, this.name, `${partition} > ${describe(command)}`);
    }
    switch (command.kind) {
      case "load-partition":
        this.#load(seat);
        return;
      case "commit-intents":
        this.#callStore(
          () => authority.commit(partition, command.token, command.intents),
          (outcome) => {
            if (outcome === "committed")
              this.#tell(seat, { kind: "intents-committed", turn: command.turn, refused: [] });
            else if (outcome === "fenced")
              this.#tell(seat, { kind: "intents-refused", turn: command.turn, reason: "fenced" });
            else this.#tell(seat, { kind: "intents-uncertain", turn: command.turn });
          },
        );
        return;
      case "submit":
        this.#leave(seat, command);
        return;
      case "cancel":
        this.#toVenue.send(() => this.#world.venue.cancel(command.id));
        return;
      case "query-order":
        this.#callVenue(
          () => this.#world.venue.find(command.id),
          (found) => {
            if (found === undefined)
              this.#tell(seat, { kind: "order-unknown", request: command.request, id: command.id });
            else this.#tell(seat, { kind: "order-found", request: command.request, ...found });
          },
        );
        return;
      case "request-snapshot":
        this.#callVenue(
          () => this.#world.venue.snapshot(command.fillCursor),
          (snapshot) => {
            seat.sawVenue = true;
            this.#tell(seat, { kind: "snapshot-taken", request: command.request, snapshot });
          },
        );
        return;
      case "record-book":
        seat.unwritten.push(command);
        this.#writeBook(seat);
        return;
      case "raise-level":
        this.#latch(command.scope, command.level);
        this.#raise(command.id, command.scope, command.level);
        return;
      case "refresh-dead-man":
        this.#toVenue.send(() => this.#world.venue.deadMan(command.timeoutMs));
        return;
      case "disarm-dead-man":
        this.#toVenue.send(() => this.#world.venue.deadMan(0));
        return;
      case "report-progress":
        this.#world.progressed(this, partition, command.evidence);
        if (command.evidence.phase === "done")
          this.#callStore(
            () => authority.rows(partition).done.push(command.evidence.request),
            () => {},
          );
        return;
      case "release-lease":
        this.#releaseWhenWritten(seat);
        return;
      case "acknowledge-level":
        this.#world.acknowledged(this, partition, command.epoch);
        return;
      case "record-denials":
      case "record-certificate":
      case "alert":
        return;
    }
  }

  /** The egress: the last gate with the newest authority and the clock as it is now, and the write, in one turn. */
  #leave(seat: Seat, command: SubmitCommand): void {
    // The process may be stopped between the session's decision and the egress; the gate must see the time that passed.
    if (!this.#world.calm && this.#random.next() < this.#world.habits.pauseBeforeWrite) {
      const pause = this.#random.next() * 9_000;
      this.pause(pause);
      this.#receive(() => this.#write(seat, command));
      return;
    }
    this.#write(seat, command);
  }

  #write(seat: Seat, command: SubmitCommand): void {
    const verdict = this.#gate(seat, command);
    if (!verdict) {
      // After the rest of the turn's commands, as in a worker: what they write down comes before what this leads to.
      this.#in(
        0,
        () =>
          this.#seats.get(seat.partition) === seat &&
          this.#tell(seat, { kind: "order-held-back", id: command.id, code: "GATE" }),
      );
      return;
    }
    if (this.#world.fault === "gate-with-await") {
      // The fault: something is awaited between the check and the write.
      this.#in(this.#random.integer(0, 6_000), () => this.#send(seat, command));
      return;
    }
    this.#send(seat, command);
    if (this.#world.fault === "retry-on-timeout") this.#retry(seat, command);
  }

  #gate(seat: Seat, { departure }: SubmitCommand): boolean {
    if (!this.#connected) return false;
    const { permit, lease, pushes } = seat.session.authority;
    return mayLeave(departure, { permit, lease, pushes }, this.clock.mono).ok;
  }

  #send(seat: Seat, command: SubmitCommand): void {
    this.#world.wrote(this, seat, command);
    this.#toVenue.send(
      () => this.#world.venueTakes(command.id, command.terms),
      () => this.#world.invariants.lost(command.id),
    );
  }

  /** The fault: no answer in time is taken for not arrived. */
  #retry(seat: Seat, command: SubmitCommand): void {
    this.#in(1_000, () => {
      const order = seat.session.view.orders.get(command.id);
      if (order?.state === "submitted" || order?.state === "unresolved") this.#send(seat, command);
    });
  }

  #load(seat: Seat): void {
    this.#callStore(
      () => this.#world.authority.load(seat.partition),
      (stored) => {
        if (this.#seats.get(seat.partition) !== seat) return;
        if (stored === undefined) this.#in(200, () => this.#load(seat));
        else this.#tell(seat, { kind: "partition-loaded", stored });
      },
    );
  }

  #writeBook(seat: Seat): void {
    const [change] = seat.unwritten;
    if (change === undefined || seat.writing) return;
    seat.writing = true;
    this.#callStore(
      () => this.#world.authority.record(seat.partition, change),
      (held) => {
        seat.writing = false;
        if (held === false) {
          if (this.#seats.get(seat.partition) === seat) this.#stand(seat);
          return;
        }
        if (held === true) seat.unwritten.shift();
        if (held === true) this.#writeBook(seat);
        else this.#in(200, () => this.#writeBook(seat));
      },
    );
  }

  #releaseWhenWritten(seat: Seat): void {
    if (seat.unwritten.length > 0) {
      this.#in(100, () => this.#releaseWhenWritten(seat));
      return;
    }
    this.#seats.delete(seat.partition);
    this.#world.log.write(this.#world.schedule.now, this.name, `hands over ${seat.partition}`);
    this.#callStore(
      () => this.#world.authority.release(seat.partition, seat.token),
      () => {},
    );
  }

  #raise(id: string, scope: Scope, level: Level): void {
    this.#callStore(
      () => this.#world.raiseAtAuthority(id, scope, level),
      (done) => done === undefined && this.#in(300, () => this.#raise(id, scope, level)),
    );
  }

  /** A call to the store: lost on the way there, carried out, lost on the way back. `undefined`: nobody knows. */
  #callStore<T>(carryOut: () => T, answer: (result: T | undefined) => void): void {
    const life = this.#life;
    let answered = false;
    const settle = (result: T | undefined) => {
      if (answered || life !== this.#life) return;
      answered = true;
      this.#receive(() => answer(result));
    };
    if (!this.storeCut) {
      this.#toStore.send(() => {
        if (this.#world.authorityDown) return;
        const result = carryOut();
        if (!this.storeCut) this.#fromStore.send(() => settle(result));
      });
    }
    this.#world.schedule.after(CALL_TIMEOUT_MS, () => settle(undefined));
  }

  #callCopy(answer: (reading: StoreReading) => void): void {
    const life = this.#life;
    const reading: StoreReading =
      this.copyCut || this.#world.copyDown
        ? { store: "copy", role: "copy", status: "unreachable" }
        : this.#world.copy.read();
    this.#world.schedule.after(
      this.#random.integer(1, 5),
      () => life === this.#life && this.#receive(() => answer(reading)),
    );
  }

  #callVenue<T>(carryOut: () => T, answer: (result: T) => void): void {
    if (!this.#connected) return;
    this.#asks.send(() => {
      const result = carryOut();
      this.#fromVenue.send(() => this.#receive(() => this.#connected && answer(result)));
    });
  }

  #in(delayMs: number, run: () => void): void {
    const life = this.#life;
    this.#world.schedule.after(delayMs, () => life === this.#life && this.#receive(run));
  }

  #every(periodMs: number, run: () => void): void {
    this.#in(periodMs, () => {
      run();
      this.#every(periodMs, run);
    });
  }

  /** Something comes up in the process: at once, or when it runs again. */
  #receive(run: () => void): void {
    if (!this.#alive) return;
    if (this.#world.schedule.now < this.#pausedUntil) this.#queue.push(run);
    else run();
  }

  #resume(): void {
    if (this.#world.schedule.now < this.#pausedUntil) return;
    while (this.#queue.length > 0 && this.#world.schedule.now >= this.#pausedUntil) this.#queue.shift()!();
  }
}

function describe(message: Happening | Command): string {
  const named = message as {
    kind: string;
    id?: string;
    turn?: number;
    request?: unknown;
    level?: string;
    epoch?: number;
    reason?: string;
    text?: string;
    fill?: { id: string };
  };
  const detail = [
    named.id,
    named.turn,
    typeof named.request === "number" ? named.request : undefined,
    named.level,
    named.epoch,
    named.fill?.id,
    named.text,
  ];
  return [named.kind, ...detail.filter((part) => part !== undefined)].join(" ");
}
