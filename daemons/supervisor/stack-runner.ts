import { type Cancel, type Clock, sleep } from "../../src/core/clock.ts";
import { messageOf, OperatorError } from "../../src/core/errors.ts";
import { EXIT_CODES } from "../../src/core/exit-codes.ts";
import { seededRandom } from "../../src/core/random.ts";
import type { InstanceView } from "../../src/ops/instance.ts";
import { instanceOfKey } from "../../src/ops/instance-table.ts";
import type { ProbeSpec } from "../../src/ops/probe.ts";
import type { ServiceSpec } from "../../src/ops/service.ts";
import type { StackEvent, StackPhase, Vitals } from "../../src/ops/stack-feed.ts";
import { Supervision } from "../../src/ops/supervision.ts";
import type { Ends, Now, SupervisionCommand, SupervisionEvent } from "../../src/ops/supervision-events.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";
import type { HeardBeat, HostedProcess, ProcessEnd, StackHost } from "../../src/runtime/stack-host.ts";

type News = StackEvent extends infer E ? (E extends StackEvent ? Omit<E, "seq" | "at"> : never) : never;

/** The supervisor speaks of itself like any other daemon. */
const SELF = "supervisor";
const TICK_MS = 100;
const RECONNECT_MS = 30;
/** Between two looks whether there is something to ask again. */
const REST_MS = 100;

/** What an earlier supervisor knew and wanted. */
interface Remembered {
  readonly stopped?: readonly string[];
  readonly quarantined?: Readonly<Record<string, string>>;
  readonly ends?: Readonly<Record<string, Ends>>;
}

interface Asked {
  readonly process: string;
  readonly generation: number;
  readonly index: number;
  readonly probe: ProbeSpec;
}

/**
 * Ties the supervisor's decisions to the machine: hands events in, carries commands out, and tells everybody what
 * changed.
 */
export class StackRunner {
  readonly #specs: ReadonlyMap<string, ServiceSpec>;
  readonly #host: StackHost;
  readonly #clock: Clock;
  readonly #log: Daemon["log"];
  readonly #supervision: Supervision;
  readonly #readers = new Set<(event: StackEvent) => void>();
  readonly #vitals = new Map<string, Vitals>();
  /** One watch for each running generation; cancelled when it ends. */
  readonly #watches = new Map<string, AbortController>();
  readonly #reloads = new Map<string, (outcome: { ok: boolean; reason: string }) => void>();
  #seq = 0;
  #phase: StackPhase = "up";
  #cancelTick: Cancel = () => {};
  #whenEmpty: (() => void) | undefined;

  constructor(specs: readonly ServiceSpec[], options: { host: StackHost; clock: Clock; log: Daemon["log"] }) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#host = options.host;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#supervision = new Supervision(specs, {
      random: seededRandom(Math.floor(options.clock.now())),
      isStopped: (instance) => options.host.processes.isStopped(instance),
      now: this.#now(),
    });
  }

  get phase(): StackPhase {
    return this.#phase;
  }

  get seq(): number {
    return this.#seq;
  }

  views(): InstanceView[] {
    return this.#supervision.views();
  }

  /** Takes over what an earlier supervisor left running, then begins to supervise. */
  begin({ stopped = [], quarantined = {}, ends = {} }: Remembered = {}): void {
    const running = this.#adoptAll().map(({ instance, pid }) => ({ process: instance, pid }));
    this.dispatch({ type: "begin", running, stopped, quarantined, ends });
    this.#forgetUnwanted(this.#host.announced().filter((name) => name !== SELF));
    const tick = () => {
      this.#cancelTick = this.#clock.after(TICK_MS, tick);
      this.dispatch({ type: "tick" });
    };
    tick();
  }

  dispatch(event: SupervisionEvent): void {
    for (const command of this.#supervision.handle(event, this.#now())) this.#carryOut(command);
    if (this.#phase === "stopping" && this.#supervision.live().length === 0) this.#whenEmpty?.();
  }

  /** Ends everything, dependants first. Resolves when nothing is left. */
  down(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      this.#phase = "stopping";
      this.#tell({ kind: "phase", phase: "stopping" });
      const instances = this.views().map(({ instance }) => instance);
      this.dispatch({ type: "want", instances, wanted: "down" });
    });
  }

  /** Replaces one instance by a process of the build that is installed now. Resolves with how it went. */
  reload(instance: string): Promise<{ ok: boolean; reason: string }> {
    return new Promise((resolve) => {
      this.#reloads.set(instance, resolve);
      this.dispatch({ type: "reload", instance, expectedBuild: this.#host.installedBuild() });
    });
  }

  /** Leaves the processes alone and stops supervising them. */
  release(): void {
    this.#cancelTick();
    for (const watch of this.#watches.values()) watch.abort();
  }

  subscribe(reader: (event: StackEvent) => void): Cancel {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** The latest beat of every instance, to whoever asks once a second. */
  vitals(): Vitals[] {
    return [...this.#vitals.values()];
  }

  #now(): Now {
    return { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }

  #adoptAll(): HostedProcess[] {
    const known = new Map(this.views().map((view) => [view.instance, view]));
    const adopted: HostedProcess[] = [];
    for (const hosted of this.#host.processes.find()) {
      const instance = instanceOfKey(hosted.instance);
      const view = known.get(instance);
      if (!view || adopted.some((other) => instanceOfKey(other.instance) === instance)) {
        this.#log.warn("ending a process that is not part of the stack", { ...hosted });
        this.#host.processes.end(hosted);
        continue;
      }
      const generation = view.generation + 1;
      this.#log.info("adopted", { ...hosted });
      this.#host.processes.adopt(hosted, (end) => this.#exited(hosted.instance, generation, end));
      this.#listen(hosted.instance, view.service, generation);
      adopted.push(hosted);
    }
    return adopted;
  }

  #carryOut(command: SupervisionCommand): void {
    switch (command.type) {
      case "start":
        void this.#start(command.process, command.generation, command.beside);
        break;
      case "signal":
        this.#log.info("signal", { to: command.process, signal: command.signal });
        this.#host.processes.signal(command.process, command.signal);
        break;
      case "changed":
        this.#logChange(command.view);
        this.#tell({ kind: "instance", view: command.view });
        break;
      case "removed":
        this.#tell({ kind: "removed", instance: command.instance });
        break;
      case "promoted":
        void this.#host.promote(command.process).catch((error: unknown) => this.#log.warn("not promoted", { error }));
        break;
      case "reloaded":
        this.#log.info("reloaded", { ...command });
        this.#reloads.get(command.instance)?.(command);
        this.#reloads.delete(command.instance);
        break;
    }
  }

  /** With `beside`, a running process of the same instance hands its listening socket over. */
  async #start(process: string, generation: number, beside: string | undefined): Promise<void> {
    const service = this.#serviceOf(process);
    try {
      const program = await this.#host.program(service);
      const onEnd = (end: ProcessEnd) => this.#exited(process, generation, end);
      const { pid } =
        beside === undefined
          ? this.#host.processes.start(process, program, onEnd)
          : await this.#host.startBeside(beside, process, program, onEnd);
      this.dispatch({ type: "started", process, generation, pid });
      this.#listen(process, service, generation);
    } catch (error) {
      const exit = error instanceof OperatorError ? error.exitCode : EXIT_CODES.bug.code;
      const found = error instanceof OperatorError && error.details.found ? `; found: ${error.details.found}` : "";
      this.dispatch({ type: "start-refused", process, generation, exit, reason: messageOf(error) + found });
    }
  }

  #exited(process: string, generation: number, end: ProcessEnd) {
    this.#watches.get(process)?.abort();
    this.#watches.delete(process);
    this.#vitals.delete(process);
    if (end.survivors > 0) this.#log.warn("remainders were killed", { of: process, count: end.survivors });
    this.dispatch({ type: "exited", process, generation, code: end.code, detail: end.detail });
    this.#forgetUnwanted([process, instanceOfKey(process)]);
  }

  /** One that was killed cannot take back what it said of itself. Whoever should run and does not is to be missed. */
  #forgetUnwanted(names: readonly string[]): void {
    const wanted = this.views().filter((view) => view.wanted === "up");
    const kept = new Set(wanted.flatMap(({ instance, process, pid }) => [instance, pid === null ? instance : process]));
    for (const name of names) if (!kept.has(name)) this.#host.forget(name);
  }

  #listen(process: string, service: string, generation: number): void {
    const spec = this.#specs.get(service);
    if (spec === undefined || spec.kind === "job") return;
    const watch = new AbortController();
    this.#watches.get(process)?.abort();
    this.#watches.set(process, watch);
    if (spec.kind === "daemon") void this.#beatLoop(process, generation, watch.signal);
    for (const [index, probe] of spec.probes.entries())
      void this.#probeLoop({ process, generation, index, probe }, watch.signal);
  }

  async #beatLoop(process: string, generation: number, signal: AbortSignal): Promise<void> {
    let buildHash = "";
    const onBeat = (beat: HeardBeat) => {
      buildHash = beat.identity?.buildHash ?? buildHash;
      const { ready, lagMs, rssBytes, progress, overdue, stuck, trouble } = beat;
      this.#vitals.set(process, { instance: instanceOfKey(process), lagMs, rssBytes, progress });
      const sample = { ready, lagMs, rssBytes, overdue, stuck, trouble, buildHash };
      this.dispatch({ type: "beat", process, generation, beat: sample });
    };
    while (!signal.aborted) {
      try {
        const stream = await this.#host.watchBeats(process, onBeat);
        signal.addEventListener("abort", () => stream.close(), { once: true });
        await stream.ended;
      } catch {
        // Not listening yet, or gone: the time bounds of the supervision decide what that means.
      }
      await sleep(this.#clock, RECONNECT_MS, signal);
    }
  }

  async #probeLoop({ process, generation, index, probe }: Asked, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = this.#supervision.nextLookMs(process, index);
      await sleep(this.#clock, pauseMs ?? REST_MS, signal);
      const pid = this.views().find((view) => view.process === process)?.pid;
      if (signal.aborted || pauseMs === undefined || !pid) continue;
      const answer = await this.#host.look(probe, { instance: instanceOfKey(process), pid }, signal);
      if (!signal.aborted) this.dispatch({ type: "probe", process, generation, index, answer });
    }
  }

  #serviceOf(process: string): string {
    return this.views().find((view) => view.process === process)?.service ?? process;
  }

  #logChange(view: InstanceView): void {
    // The reason before what may be cut off at the end of a row.
    const { instance: of, state, reason, generation, evidence } = view;
    const context = { of, state, reason, generation, ...(evidence && { evidence }) };
    const bad = ["failed", "quarantined", "hung", "degraded"].includes(state);
    if (bad) this.#log.error("state", context);
    else this.#log.info("state", context);
  }

  #tell(news: News): void {
    this.#seq += 1;
    const event = { seq: this.#seq, at: this.#clock.now(), ...news } as StackEvent;
    for (const reader of this.#readers) reader(event);
  }
}
