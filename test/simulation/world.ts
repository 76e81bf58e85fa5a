import { type Random, seededRandom } from "../../src/core/random.ts";
import type { ActionEvidence } from "../../src/live/commands.ts";
import type { OperatorAction } from "../../src/live/events.ts";
import type { SessionConfig, VenueCapabilities } from "../../src/live/session-config.ts";
import type { OutgoingOrder } from "../../src/ports/venue.ts";
import type { Bar } from "../../src/trading/bar.ts";
import {
  accountId,
  type Instrument,
  type InstrumentId,
  instrumentId,
  lots,
  strategyId,
  venueId,
} from "../../src/trading/instrument.ts";
import { type PartitionId, partitionId } from "../../src/trading/lease.ts";
import type { Level } from "../../src/trading/level.ts";
import type { ClientOrderId, OrderTerms } from "../../src/trading/order.ts";
import type { Permissions } from "../../src/trading/risk/context.ts";
import { DEFAULT_LIMITS } from "../../src/trading/risk/default-limits.ts";
import type { LimitName, LimitSet } from "../../src/trading/risk/limits.ts";
import type { Scope } from "../../src/trading/scope.ts";
import { EventLog } from "./event-log.ts";
import { FakeAuthority, FakeCopy } from "./fake-stores.ts";
import { FakeVenue } from "./fake-venue.ts";
import type { Fault } from "./faults.ts";
import type { Host } from "./host.ts";
import { Invariants, type Writer } from "./invariants.ts";
import { Schedule } from "./schedule.ts";
import { RestlessTrader } from "./sim-trader.ts";

export interface Partition {
  readonly partition: PartitionId;
  readonly instrument: Instrument;
}

/** How bad this run's world is; drawn from its seed. */
export interface Habits {
  readonly pauseBeforeWrite: number;
  readonly troubleEveryMs: number;
  readonly killEveryMs: number;
  /** Questions go another way to the venue than orders, and may be answered before an order that was sent first is there. */
  readonly asksApart: boolean;
  /** Chance that the venue's gateway refuses an order that its engine takes all the same, a little later. */
  readonly rises: number;
}

const VENUE = venueId("paper");
const ACCOUNT = accountId("main");
const TIMING = { deadManMs: 20_000, reconcileMs: 3_000 };
const POSITION_LIMIT = 40;
/** From a lease that was given back to a successor that has reconciled. */
const HAND_OVER_MS = 6_000;
/** What was written so long ago has arrived or never will: less than the time for which a session allows (KS-14). */
const UNDER_WAY_MS = 2_900;
/** How long nothing happens before the books are compared. */
const QUIET_MS = 8_000;

export type MakeHost = (name: string, world: World, random: Random) => Host;

/** Everything there is in one run: hosts, stores, venue, operators, and the trouble that befalls them. */
export class World {
  readonly schedule = new Schedule();
  readonly log: EventLog;
  readonly fault: Fault | undefined;
  readonly habits: Habits;
  readonly authority: FakeAuthority;
  readonly copy = new FakeCopy();
  readonly venue: FakeVenue;
  readonly hosts: readonly Host[];
  readonly partitions: readonly Partition[];
  readonly limits: LimitSet;
  readonly permissions: Permissions;
  readonly invariants: Invariants;
  readonly capabilities: VenueCapabilities;
  readonly #random: Random;
  readonly #rising: Random;
  readonly #writtenAt = new Map<ClientOrderId, number>();
  /** Orders that the venue took after it had refused them: until it says so, nobody can count them. */
  readonly risen = new Map<ClientOrderId, OrderTerms>();
  authorityDown = false;
  copyDown = false;
  /** From here on nothing goes wrong any more. */
  calm = false;
  /** The market has closed: nothing fills and nobody wants anything. */
  #quiet = false;
  #requests = 0;

  constructor(seed: number, fault: Fault | undefined, make: MakeHost, keepLines = 0) {
    this.#random = seededRandom(seed);
    this.fault = fault;
    this.log = new EventLog(keepLines);
    const random = this.#random.fork("habits");
    this.habits = {
      pauseBeforeWrite: random.next() < 0.5 ? 0.03 : 0,
      troubleEveryMs: random.integer(1_000, 6_000),
      killEveryMs: random.integer(3_000, 12_000),
      asksApart: random.fork("asks").next() < 0.5,
      rises: random.fork("rises").next() < 0.3 ? 0.1 : 0,
    };
    this.#rising = this.#random.fork("rising");
    const holdsReduceOnly = random.next() < 0.5;
    this.capabilities = {
      types: ["market", "limit", "stop", "stop-limit"],
      times: ["gtc", "day", "gtd", "ioc", "fok"],
      holdsReduceOnly,
      groups: false,
      plainMarketOrders: random.next() < 0.5,
      deadMan: random.next() < 0.5,
    };
    this.partitions = Array.from({ length: random.integer(1, 2) }, (_, index) => partition(index));
    this.limits = limitsOf(POSITION_LIMIT);
    this.permissions = {
      restricted: new Set(),
      registration: {
        instruments: new Set(this.partitions.map((one) => one.instrument.id)),
        accounts: new Set([ACCOUNT]),
        venues: new Set([VENUE]),
      },
    };
    const now = () => this.schedule.now;
    this.authority = new FakeAuthority(now, () => this.fault !== "no-token-check");
    this.copy.write(this.authority.state);
    this.venue = new FakeVenue(
      this.#random.fork("venue"),
      now,
      (report) => {
        this.log.write(this.schedule.now, "venue", `${report.kind} ${"id" in report ? report.id : report.fill.id}`);
        for (const host of this.hosts) host.report(report);
      },
      { holdsReduceOnly, tellsFilled: random.next() < 0.5 },
    );
    for (const { instrument } of this.partitions) this.venue.prices.set(instrument.id, 1_000);
    this.invariants = new Invariants(this, POSITION_LIMIT);
    this.hosts = Array.from({ length: random.integer(2, 3) }, (_, index) => make(`w${index + 1}`, this, this.#random));
  }

  configFor(id: PartitionId, random: Random): SessionConfig {
    const { instrument } = this.partitions.find((one) => one.partition === id)!;
    return {
      partition: id,
      venue: VENUE,
      account: ACCOUNT,
      strategy: strategyId(`s-${id}`),
      instruments: [instrument],
      trader: new RestlessTrader(random, instrument, () => this.#quiet),
      buildHash: "b1",
      approvedBuildHash: "b1",
      capabilities: this.capabilities,
      accountCurrency: "USD",
      timing: TIMING,
    };
  }

  /** Runs it: trouble first, then peace in which everything must come to rest. */
  run(troubleMs: number, peaceMs: number): void {
    this.#begin();
    this.schedule.runUntil(troubleMs, this.#healthy);
    this.#heal();
    this.schedule.runUntil(troubleMs + peaceMs - QUIET_MS, this.#healthy);
    this.#quiet = true;
    this.schedule.runUntil(troubleMs + peaceMs, this.#healthy);
    while (this.#isHandingOver) this.schedule.runUntil(this.schedule.now + HAND_OVER_MS, this.#healthy);
    this.invariants.atRest();
  }

  /** The same for hosts whose code waits for promises. */
  async runSettled(troubleMs: number, peaceMs: number): Promise<void> {
    this.#begin();
    await this.schedule.runSettled(troubleMs, this.#healthy);
    this.#heal();
    await this.schedule.runSettled(troubleMs + peaceMs - QUIET_MS, this.#healthy);
    this.#quiet = true;
    await this.schedule.runSettled(troubleMs + peaceMs, this.#healthy);
    while (this.#isHandingOver) await this.schedule.runSettled(this.schedule.now + HAND_OVER_MS, this.#healthy);
    this.invariants.atRest();
  }

  readonly #healthy = () => this.invariants.violation === undefined;

  /** Requests that waited for each other may end in a drain at the very last moment: its successor has yet to come. */
  get #isHandingOver(): boolean {
    const since = this.schedule.now - HAND_OVER_MS;
    return this.#healthy() && this.partitions.some((one) => this.authority.releasedAt(one.partition) > since);
  }

  #begin(): void {
    for (const host of this.hosts) host.start();
    this.#every(250, () => {
      if (!this.#quiet) this.venue.tick();
      this.invariants.look();
    });
    this.#every(1_000, () => this.#quiet || this.#bars());
    this.#every(500, () => this.#follow());
    this.#sometimes(this.habits.troubleEveryMs, () => this.#trouble());
    this.#sometimes(this.habits.killEveryMs, () => this.#operate());
  }

  // What hosts tell the world.

  wrote(host: Host, writer: Writer, order: OutgoingOrder): void {
    this.log.write(this.schedule.now, host.name, `wrote ${order.id}`);
    this.#writtenAt.set(order.id, this.schedule.now);
    this.invariants.wrote(host, writer, order);
  }

  venueTakes(id: ClientOrderId, terms: OrderTerms): void {
    if (!this.calm && this.#rising.next() < this.habits.rises) {
      this.venue.refuse(id);
      this.risen.set(id, terms);
      const left = UNDER_WAY_MS - (this.schedule.now - this.#writtenAt.get(id)!);
      this.schedule.after(this.#rising.next() * left, () => this.#arrive(id, terms));
    } else this.#arrive(id, terms);
  }

  #arrive(id: ClientOrderId, terms: OrderTerms): void {
    this.invariants.arrived(id);
    this.venue.submit(id, terms);
    this.invariants.look();
  }

  /** Whether it changed anything. */
  raiseAtAuthority(id: string, scope: Scope, level: Level, how: "raise" | "recordKill" = "raise"): boolean {
    if (!this.authority[how](id, scope, level)) return false;
    this.invariants.killed();
    this.#fanOut(scope, level);
    return true;
  }

  progressed(host: Host, id: PartitionId, evidence: ActionEvidence): void {
    this.log.write(this.schedule.now, host.name, `${id} ${evidence.action} ${evidence.request} ${evidence.phase}`);
    this.invariants.progressed(id, evidence);
  }

  acknowledged(host: Host, id: PartitionId, epoch: number): void {
    this.log.write(this.schedule.now, host.name, `${id} acknowledges ${epoch}`);
  }

  #bars(): void {
    for (const { instrument } of this.partitions) {
      const bar = this.#bar(instrument.id);
      for (const host of this.hosts) host.feed(instrument.id, bar);
    }
  }

  #bar(id: InstrumentId): Bar {
    const price = this.venue.prices.get(id)! / 100;
    return { time: this.schedule.now, open: price, high: price * 1.001, low: price * 0.999, close: price, volume: 1 };
  }

  /** The controller: the copy follows the authority, and what was set by hand in the copy is recorded at the authority. */
  #follow(): void {
    if (this.authorityDown || this.copyDown) return;
    for (const [scope, { level, since }] of this.copy.byHand)
      this.raiseAtAuthority(`by-hand/${scope}/${level}/${since}`, scope, level);
    this.copy.write(this.authority.state);
  }

  #trouble(): void {
    const random = this.#random;
    const host = this.hosts[random.integer(0, this.hosts.length - 1)]!;
    const length = random.integer(200, 8_000);
    switch (random.integer(0, 10)) {
      case 0:
        host.crash();
        this.schedule.after(random.integer(100, 6_000), () => host.start());
        return;
      case 1:
        host.pause(length);
        return;
      case 2:
      case 3:
        host.disconnect();
        return;
      case 4:
        host.storeCut = true;
        this.schedule.after(length, () => {
          host.storeCut = false;
        });
        return;
      case 5:
        host.copyCut = true;
        this.schedule.after(length, () => {
          host.copyCut = false;
        });
        return;
      case 6:
        this.authorityDown = true;
        this.schedule.after(length, () => {
          this.authorityDown = false;
        });
        return;
      case 7:
        this.copyDown = true;
        this.schedule.after(length, () => {
          this.copyDown = false;
        });
        return;
      case 8:
        if (random.next() < 0.3) {
          // A kill that only the copy had accepted is gone with it: `ttt kill` says that it stands on one leg.
          this.copy.lose();
          this.invariants.killed();
        }
        return;
      case 9:
        host.clock.jumpWall(random.integer(-3_600_000, 3_600_000));
        return;
      default:
        host.pause(random.integer(10, 300));
    }
  }

  #operate(): void {
    const random = this.#random;
    const armed = this.authority.state.levels;
    const held = [...armed].filter(([, set]) => set.level !== "RUN");
    if (held.length > 0 && random.next() < 0.8) {
      this.#arm(held[random.integer(0, held.length - 1)]![0]);
      return;
    }
    const scope = this.#someScope();
    const action = (["cancel", "flatten", undefined] as const)[random.integer(0, 2)];
    // A flatten under BLOCK cannot work and must say so; most operators know.
    const level: Level = random.next() < (action === "flatten" ? 0.1 : 0.5) ? "BLOCK" : "REDUCE_ONLY";
    if (random.next() < 0.3) this.#cutOff(this.hosts[random.integer(0, this.hosts.length - 1)]!);
    this.#kill(scope, level);
    if (action !== undefined) this.#ask(scope, action);
    else if (random.next() < 0.2) this.#ask(scope, "drain");
  }

  /** A host that hears of nothing just when it matters. */
  #cutOff(host: Host): void {
    host.storeCut = true;
    this.schedule.after(this.#random.integer(3_000, 9_000), () => {
      host.storeCut = false;
    });
  }

  /** An operator kills: at the authority where it answers, else at the copy by hand, else by word to the hosts alone. */
  #kill(scope: Scope, level: Level): void {
    this.#requests += 1;
    this.log.write(this.schedule.now, "operator", `kill ${scope} ${level}`);
    if (!this.authorityDown) {
      this.authority.raise(`kill-${this.#requests}`, scope, level);
      if (!this.copyDown) this.copy.write(this.authority.state);
      this.invariants.killed();
      this.#fanOut(scope, level);
    } else if (!this.copyDown) {
      this.copy.setByHand(scope, level);
      this.invariants.killed();
      for (const host of this.hosts) host.push(scope, level, undefined);
    }
  }

  #arm(scope: Scope): void {
    if (this.authorityDown || this.copyDown) return;
    this.log.write(this.schedule.now, "operator", `arm ${scope}`);
    this.#follow();
    this.authority.arm(scope);
    this.copy.write(this.authority.state);
    this.invariants.killed();
  }

  #ask(scope: Scope, action: OperatorAction): void {
    this.#requests += 1;
    const request = { id: `r${this.#requests}`, scope, action };
    for (const host of this.hosts) host.ask(request);
  }

  #fanOut(scope: Scope, level: Level): void {
    const { epoch } = this.authority.state;
    for (const host of this.hosts) if (this.#random.next() < 0.8) host.push(scope, level, epoch);
  }

  #someScope(): Scope {
    const { partition: id, instrument } = this.partitions[this.#random.integer(0, this.partitions.length - 1)]!;
    const scopes: Scope[] = [
      "global",
      `venue:${VENUE}`,
      `account:${ACCOUNT}`,
      `strategy:s-${id}`,
      `instrument:${instrument.id}`,
    ];
    return scopes[this.#random.integer(0, scopes.length - 1)]!;
  }

  /** Everything works again, somebody arms what is still held, and the world is left in peace. */
  #heal(): void {
    this.calm = true;
    this.authorityDown = false;
    this.copyDown = false;
    for (const host of this.hosts) {
      host.storeCut = false;
      host.copyCut = false;
      host.start();
    }
    this.log.write(this.schedule.now, "world", "heals");
  }

  #every(periodMs: number, run: () => void): void {
    this.schedule.after(periodMs, () => {
      if (!this.#healthy()) return;
      run();
      this.#every(periodMs, run);
    });
  }

  #sometimes(meanMs: number, run: () => void): void {
    this.schedule.after(this.#random.next() * 2 * meanMs, () => {
      if (this.calm) return;
      run();
      this.#sometimes(meanMs, run);
    });
  }
}

function partition(index: number): Partition {
  const instrument: Instrument = {
    id: instrumentId(`I${index}`),
    venue: VENUE,
    tickSize: "0.01",
    lotSize: "1",
    multiplier: 1,
    currency: "USD",
    minimum: lots(1),
    maximum: lots(1_000),
  };
  return { partition: partitionId(`p${index}`), instrument };
}

function limitsOf(position: number): LimitSet {
  const own: Partial<Record<LimitName, number | null>> = {
    maxPositionLots: position,
    maxDuplicates: null,
    maxOrderToTrade: null,
    maxCancelRatio: null,
    maxRejects: null,
    maxReferenceAgeMs: 5_000,
    maxDrawdownRatio: null,
    // Its venue neither says what it thinks of a price nor what time it has: clocks are made to jump here.
    maxSourceSpreadRatio: null,
    maxClockSkewMs: null,
  };
  const rows = DEFAULT_LIMITS.rows.map((row) => ({
    ...row,
    value: row.name in own ? (own[row.name] ?? null) : row.value,
  }));
  return { version: 1, rows };
}
