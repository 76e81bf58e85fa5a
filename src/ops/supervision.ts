import type { Random } from "../core/random.ts";
import { clearWhenStable, ended } from "./ending.ts";
import { type InstanceRecord, type InstanceView, viewOf } from "./instance.ts";
import { InstanceTable, instanceOfKey } from "./instance-table.ts";
import { probePace } from "./probe.ts";
import { advanceReload, beginReload } from "./reload.ts";
import { instanceName, isLive, isServing, type ServiceSpec } from "./service.ts";
import { startWhenPossible, stopWhenPossible } from "./start-stop.ts";
import type { Now, SupervisionCommand, SupervisionEvent } from "./supervision-events.ts";
import { Turn } from "./turn.ts";
import { boundStart, endHung, hasStartedUp, killWhenOverdue, takeBeat, takeProbe, watchSilence } from "./watchdog.ts";

type ProcessEvent = Extract<SupervisionEvent, { generation: number }>;

/** A longer gap between two ticks means that the supervisor itself did not run: nobody else's silence. */
const LONGEST_TICK_GAP_MS = 600;

/**
 * The supervisor's decisions, apart from the world: events in, commands out. It holds no clock, no process and no
 * socket, so that every course of events can be played in a test.
 */
export class Supervision {
  readonly #table = new InstanceTable();
  readonly #specs: Map<string, ServiceSpec>;
  readonly #random: Random;
  /** Whether the process is known to be stopped, asked when an instance falls silent. */
  readonly #isStopped: (instance: string) => boolean;
  #lastTickAt: number | undefined;
  #turn: Turn;

  constructor(
    specs: readonly ServiceSpec[],
    options: { random: Random; isStopped?: (instance: string) => boolean; now: Now },
  ) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#random = options.random;
    this.#isStopped = options.isStopped ?? (() => false);
    this.#turn = new Turn(options.now);
    for (const spec of specs) {
      for (let index = 1; index <= spec.count; index++) this.#table.add(spec, index, options.now.wall);
    }
  }

  /** Every instance, in the order of the stack. */
  views(): InstanceView[] {
    return this.#table.all().map((record) => viewOf(record, this.#turn.now));
  }

  /** Instances that may still have a process. */
  live(): string[] {
    return this.#table.all().flatMap(({ state, name }) => (isLive(state) ? [name] : []));
  }

  /**
   * Milliseconds until a process is to be asked one of its service's probes; undefined while there is nothing to ask.
   * A process that takes the place of another shares its addresses with it: neither is asked before that is over.
   */
  nextLookMs(process: string, index: number): number | undefined {
    const record = this.#table.byKey(process);
    const spec = record?.spec.probes[index];
    const health = record?.probes[index];
    if (!record || !spec || !health || !isLive(record.state) || record.state === "stopping") return undefined;
    if (record.succeeds || this.#table.successorOf(record)) return undefined;
    const isStartup = spec.purpose === "startup";
    if (isStartup ? health.verdict === "healthy" : !hasStartedUp(record)) return undefined;
    return probePace(spec, health, record.state === "starting");
  }

  handle(event: SupervisionEvent, now: Now): SupervisionCommand[] {
    this.#turn = new Turn(now);
    if (event.type === "tick") this.#excuseOwnGap();
    else this.#apply(event);
    for (const record of this.#table.all()) this.#advance(record);
    return this.#turn.commands;
  }

  /** If the supervisor did not run for a while, nobody could be heard: the silence is not theirs. */
  #excuseOwnGap(): void {
    const gap = this.#turn.now.monotonic - (this.#lastTickAt ?? this.#turn.now.monotonic);
    this.#lastTickAt = this.#turn.now.monotonic;
    if (gap <= LONGEST_TICK_GAP_MS) return;
    for (const record of this.#table.all()) {
      if (record.heardAt !== undefined) record.heardAt += gap;
      record.stuckSince = undefined;
      record.overMemorySince = undefined;
    }
  }

  #apply(event: Exclude<SupervisionEvent, { type: "tick" }>): void {
    if (event.type === "begin") this.#begin(event);
    else if (event.type === "want") this.#want(event.instances, event.wanted);
    else if (event.type === "scale") this.#scale(event.service, event.count);
    else if (event.type === "reload") beginReload(this.#table, event.instance, event.expectedBuild, this.#turn);
    else {
      const record = this.#table.byKey(event.process);
      if (record) this.#hear(record, event);
    }
  }

  /** What a process says, or is said of it. Words of an earlier generation come too late to matter. */
  #hear(record: InstanceRecord, event: ProcessEvent): void {
    if (event.generation !== record.generation || !isLive(record.state)) return;
    switch (event.type) {
      case "started":
        record.pid = event.pid;
        record.startedAt = this.#turn.now.monotonic;
        this.#turn.emit(record);
        break;
      case "start-refused":
        ended(this.#table, record, { code: event.exit, detail: event.reason }, this.#random, this.#turn);
        break;
      case "beat":
        takeBeat(record, event.beat, this.#turn);
        break;
      case "probe":
        takeProbe(record, event.index, event.answer, this.#turn);
        break;
      case "exited":
        ended(this.#table, record, event, this.#random, this.#turn);
        break;
    }
  }

  /** Nothing is started before everything that runs is known: it might be started twice. */
  #begin({ running, stopped, quarantined, ends }: Extract<SupervisionEvent, { type: "begin" }>): void {
    for (const [name, { inARow, restarts }] of Object.entries(ends)) {
      const record = this.#table.byName(name);
      if (!record) continue;
      record.attempts = inARow;
      record.restarts = { ...record.restarts, ...restarts };
    }
    for (const { process, pid } of running) {
      const record = this.#table.byName(instanceOfKey(process));
      if (record) this.#adopt(record, process, pid);
    }
    this.#want(stopped, "down");
    for (const [name, reason] of Object.entries(quarantined)) {
      const record = this.#table.byName(name);
      if (record?.wanted === "up" && !isLive(record.state)) this.#turn.enter(record, "quarantined", reason);
    }
  }

  #want(names: readonly string[], wanted: "up" | "down" | "restart"): void {
    for (const name of names) {
      const record = this.#table.byName(name);
      if (!record || record.leaving) continue;
      record.wanted = wanted === "down" ? "down" : "up";
      record.restartWanted = wanted === "restart" && isLive(record.state) && record.state !== "stopping";
      const standsStill = ["failed", "quarantined", "stopped"].includes(record.state);
      if (wanted !== "down" && (standsStill || (wanted === "restart" && record.state === "done"))) {
        record.attempts = 0;
        record.nextStartAt = undefined;
        this.#turn.enter(record, "pending", "");
      }
    }
  }

  #scale(service: string, count: number): void {
    const spec = this.#specs.get(service);
    if (!spec?.scalable) return;
    for (let index = 1; index <= count; index++) {
      const known = this.#table.byName(instanceName(spec, index));
      if (!known) this.#turn.emit(this.#table.add(spec, index, this.#turn.now.wall));
      else if (known.leaving) {
        known.leaving = false;
        known.wanted = "up";
      }
    }
    for (const record of this.#table.ofService(service)) {
      if (record.index <= count) continue;
      record.wanted = "down";
      record.leaving = true;
    }
  }

  #adopt(record: InstanceRecord, key: string, pid: number): void {
    record.key = key;
    if (key !== record.name) this.#turn.push({ type: "promoted", process: key, instance: record.name });
    record.generation += 1;
    record.pid = pid;
    record.startedAt = this.#turn.now.monotonic;
    record.heardAt = this.#turn.now.monotonic;
    record.adopted = true;
    this.#turn.enter(record, "starting", "adopted from an earlier supervisor");
  }

  /** What time and the state of the others make of one instance. */
  #advance(record: InstanceRecord): void {
    advanceReload(this.#table, record, this.#turn);
    if (record.state === "pending") startWhenPossible(this.#table, record, this.#turn);
    else if (record.state === "failed" && record.waitsFor !== null && record.wanted === "up")
      startWhenPossible(this.#table, record, this.#turn);
    if (record.wanted === "down" || record.restartWanted) stopWhenPossible(this.#table, record, this.#turn);
    if (record.state === "starting") boundStart(record, this.#turn);
    clearWhenStable(record, this.#turn);
    if (isServing(record.state) || (record.state === "starting" && record.heardAt !== undefined))
      watchSilence(record, this.#turn, this.#isStopped);
    else if (record.state === "hung") endHung(record, this.#turn, this.#isStopped);
    else if (record.state === "stopping") killWhenOverdue(record, this.#turn);
    if (record.leaving && record.state === "stopped" && !this.#table.successorOf(record)) {
      this.#table.remove(record);
      this.#turn.push({ type: "removed", instance: record.name });
    }
  }
}
