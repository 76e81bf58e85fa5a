import type { Random } from "../core/random.ts";
import { checkGate } from "./gating.ts";
import { NEW_HEALTH, observeHealth } from "./health.ts";
import { type InstanceRecord, type InstanceView, viewOf } from "./instance.ts";
import { InstanceTable, instanceOfKey } from "./instance-table.ts";
import { advanceReload, beginReload, successorEnded } from "./reload.ts";
import { decideRestart, STABLE_AFTER_MS } from "./restart-policy.ts";
import { type Cause, instanceName, isLive, isServing, type ServiceSpec } from "./service.ts";
import type { BeatSample, Now, SupervisionCommand, SupervisionEvent } from "./supervision-events.ts";
import { Turn } from "./turn.ts";

type ProcessEvent = Extract<SupervisionEvent, { generation: number }>;

/** Silence of this length is a hang: six beats missed. */
export const HUNG_AFTER_MS = 1_500;
/** After this much silence the kernel is asked whether the process was stopped (SIGSTOP): that needs no patience. */
const ASK_AFTER_MS = 700;
/** A hung process that is given this long may come back by itself; a stopped one (SIGSTOP) is not waited for. */
const HUNG_GRACE_MS = 8_000;
/** A beat that says the loop stood still this long is not a healthy one. */
const UNHEALTHY_LAG_MS = 750;
/** SIGKILL is repeated while the process is still there. */
const KILL_AGAIN_MS = 1_000;
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
    for (const record of this.#table.all()) if (record.heardAt !== undefined) record.heardAt += gap;
  }

  #apply(event: Exclude<SupervisionEvent, { type: "tick" }>): void {
    if (event.type === "begin") this.#begin(event.running, event.stopped);
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
        this.#ended(record, event.exit, event.reason);
        break;
      case "beat":
        this.#beat(record, event.beat);
        break;
      case "probe":
        this.#probe(record, event.healthy, event.detail);
        break;
      case "exited":
        this.#ended(record, event.code, event.detail);
        break;
    }
  }

  /** Nothing is started before everything that runs is known: it might be started twice. */
  #begin(running: readonly { process: string; pid: number }[], stopped: readonly string[]): void {
    for (const { process, pid } of running) {
      const record = this.#table.byName(instanceOfKey(process));
      if (record) this.#adopt(record, process, pid);
    }
    this.#want(stopped, "down");
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
    this.#turn.enter(record, "starting", "adopted from an earlier supervisor");
  }

  #beat(record: InstanceRecord, beat: BeatSample): void {
    record.heardAt = this.#turn.now.monotonic;
    record.buildHash = beat.buildHash;
    if (record.state === "stopping") return;
    if (record.state === "hung") this.#turn.enter(record, "degraded", "came back after a silence");
    if (record.state === "starting") {
      if (beat.ready) this.#becomeReady(record);
      return;
    }
    const slow = beat.lagMs > UNHEALTHY_LAG_MS;
    const detail = beat.overdue || `event loop stood still for ${Math.round(beat.lagMs)} ms`;
    this.#look(record, !slow && beat.overdue === "", detail);
  }

  #probe(record: InstanceRecord, healthy: boolean, detail: string): void {
    if (healthy) record.heardAt = this.#turn.now.monotonic;
    if (record.state === "stopping") return;
    if (record.state === "hung" && healthy) this.#turn.enter(record, "degraded", "came back after a silence");
    if (record.state === "starting") {
      if (healthy) this.#becomeReady(record);
      else record.reason = detail;
      return;
    }
    this.#look(record, healthy, detail);
  }

  #look(record: InstanceRecord, healthy: boolean, detail: string): void {
    const [health, verdict] = observeHealth(record.health, { healthy, detail });
    record.health = health;
    if (verdict === "unhealthy" && record.state === "ready") this.#turn.enter(record, "degraded", detail);
    if (verdict === "healthy" && record.state === "degraded") this.#turn.enter(record, "ready", "");
  }

  #becomeReady(record: InstanceRecord): void {
    record.readyAt = this.#turn.now.monotonic;
    record.health = NEW_HEALTH;
    this.#turn.enter(record, "ready", "");
  }

  #ended(record: InstanceRecord, code: number | undefined, detail: string): void {
    const { endedFor, state } = record;
    record.pid = undefined;
    record.exitCode = code;
    record.killAt = undefined;
    record.endedFor = undefined;
    record.heardAt = undefined;
    record.health = NEW_HEALTH;
    if (record.succeeds) {
      successorEnded(this.#table, record, detail, this.#turn);
      return;
    }
    const asked = record.wanted === "down" || (state === "stopping" && endedFor === undefined);
    if (asked) this.#stopped(record);
    else if (record.spec.kind === "job" && code === 0 && endedFor === undefined) this.#turn.enter(record, "done", "");
    else this.#restartOrNot(record, endedFor, code, detail);
  }

  #stopped(record: InstanceRecord): void {
    record.nextStartAt = undefined;
    record.restartWanted = false;
    record.attempts = 0;
    this.#turn.enter(record, record.wanted === "up" ? "pending" : "stopped", "");
  }

  #restartOrNot(record: InstanceRecord, endedFor: Cause | undefined, code: number | undefined, detail: string): void {
    const stable = record.readyAt !== undefined && this.#turn.now.monotonic - record.readyAt >= STABLE_AFTER_MS;
    const attempts = (stable ? 0 : record.attempts) + 1;
    const decision = decideRestart(endedFor === undefined ? code : undefined, attempts, this.#random);
    const cause: Cause = endedFor ?? (decision.kind === "wait" ? "dependency" : "crash");
    record.restarts[cause] += 1;
    record.readyAt = undefined;
    if (decision.kind === "fail") this.#turn.enter(record, "failed", detail);
    else if (decision.kind === "quarantine") {
      this.#turn.enter(record, "quarantined", `ended ${attempts} times in a row, last: ${detail}`);
    } else {
      if (decision.kind === "restart") record.attempts = attempts;
      record.nextStartAt = this.#turn.now.monotonic + decision.delayMs;
      this.#turn.enter(record, "pending", detail);
    }
  }

  /** What time and the state of the others make of one instance. */
  #advance(record: InstanceRecord): void {
    advanceReload(this.#table, record, this.#turn);
    if (record.state === "pending") this.#startWhenPossible(record);
    else if (record.state === "failed" && record.waitsFor !== null && record.wanted === "up")
      this.#startWhenPossible(record);
    if (record.wanted === "down" || record.restartWanted) this.#stopWhenPossible(record);
    if (record.state === "starting") this.#boundStart(record);
    if (isServing(record.state) || (record.state === "starting" && record.heardAt !== undefined)) this.#watch(record);
    else if (record.state === "hung") this.#endHung(record);
    else if (record.state === "stopping") this.#killWhenOverdue(record);
    if (record.leaving && record.state === "stopped" && !this.#table.successorOf(record)) {
      this.#table.remove(record);
      this.#turn.push({ type: "removed", instance: record.name });
    }
  }

  #startWhenPossible(record: InstanceRecord): void {
    if (record.wanted === "down") return;
    if (record.nextStartAt !== undefined && this.#turn.now.monotonic < record.nextStartAt) return;
    const gate = checkGate(record.spec.needs, (service) =>
      this.#table
        .ofService(service)
        .filter(({ leaving }) => !leaving)
        .map(({ name, state, reason }) => ({ instance: name, state, reason })),
    );
    if (gate.kind === "open") {
      this.#start(record);
      return;
    }
    const waitsFor = { service: gate.need.service, condition: gate.need.condition, evidence: gate.evidence };
    const state = gate.kind === "impossible" ? "failed" : "pending";
    if (record.state === state && record.waitsFor?.evidence === waitsFor.evidence) return;
    record.waitsFor = waitsFor;
    this.#turn.enter(record, state, `${gate.kind === "impossible" ? "cannot start" : "waits"}: ${gate.evidence}`);
  }

  #start(record: InstanceRecord): void {
    // A process that had taken the place of another leaves its mark behind when it is started anew.
    if (!record.succeeds) record.key = record.name;
    record.generation += 1;
    record.nextStartAt = undefined;
    record.readyAt = undefined;
    record.heardAt = undefined;
    record.startedAt = this.#turn.now.monotonic;
    const { key, generation, succeeds } = record;
    this.#turn.push({ type: "start", process: key, generation, beside: succeeds?.target.key });
    this.#turn.enter(record, "starting", "");
  }

  #stopWhenPossible(record: InstanceRecord): void {
    if (record.state === "stopping") return;
    if (!isLive(record.state)) {
      if (record.wanted === "down" && record.state !== "stopped") this.#turn.enter(record, "stopped", "");
      return;
    }
    // Dependants go first: whoever still runs may need this one to end in good order.
    if (record.wanted === "down" && this.#hasLeavingDependants(record)) return;
    record.restartWanted = false;
    this.#turn.signal(record, record.spec.stopSignal, record.spec.stopGraceMs);
    this.#turn.enter(record, "stopping", "");
  }

  #hasLeavingDependants(record: InstanceRecord): boolean {
    return this.#table
      .all()
      .some(
        ({ spec, state, wanted }) =>
          wanted === "down" && isLive(state) && spec.needs.some(({ service }) => service === record.spec.name),
      );
  }

  #boundStart(record: InstanceRecord): void {
    if (this.#turn.now.monotonic - record.startedAt < record.spec.startTimeoutMs) return;
    const seen = record.reason === "" ? "" : `, last seen: ${record.reason}`;
    this.#endFor(record, "probe", `not ready within ${record.spec.startTimeoutMs} ms${seen}`);
  }

  #watch(record: InstanceRecord): void {
    if (record.spec.kind === "job") return;
    const silentMs = this.#turn.now.monotonic - (record.heardAt ?? record.startedAt);
    const limitMs = record.spec.kind === "server" ? HUNG_AFTER_MS * 4 : HUNG_AFTER_MS;
    const isStopped = silentMs >= ASK_AFTER_MS && silentMs < limitMs && this.#isStopped(record.key);
    if (silentMs < limitMs && !isStopped) return;
    this.#turn.enter(
      record,
      "hung",
      `silent for ${Math.round(silentMs)} ms${isStopped ? ", stopped by a signal" : ""}`,
    );
  }

  #endHung(record: InstanceRecord): void {
    const silentMs = this.#turn.now.monotonic - (record.heardAt ?? record.startedAt);
    const stopped = this.#isStopped(record.key);
    if (!stopped && silentMs < HUNG_AFTER_MS + HUNG_GRACE_MS) return;
    this.#endFor(record, "hang", record.reason);
  }

  /** Ends a process that does not do what it should. No grace: it was asked long enough, or cannot hear. */
  #endFor(record: InstanceRecord, cause: Cause, reason: string): void {
    record.endedFor = cause;
    this.#turn.signal(record, "SIGKILL", KILL_AGAIN_MS);
    this.#turn.enter(record, "stopping", reason);
  }

  #killWhenOverdue(record: InstanceRecord): void {
    if (record.killAt === undefined || this.#turn.now.monotonic < record.killAt) return;
    this.#turn.signal(record, "SIGKILL", KILL_AGAIN_MS);
  }
}
