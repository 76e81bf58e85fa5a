import { seededRandom } from "../../src/core/random.ts";
import type { ProbeAnswer } from "../../src/ops/probe.ts";
import type { ServiceSpec } from "../../src/ops/service.ts";
import { stackServices } from "../../src/ops/stack.ts";
import { Supervision } from "../../src/ops/supervision.ts";
import type { BeatSample, SupervisionCommand, SupervisionEvent } from "../../src/ops/supervision-events.ts";

export const shape = { profile: "embedded", workers: 1, backtesters: 1 } as const;
export const BASE = {
  count: 1,
  scalable: false,
  needs: [],
  probes: [],
  stopSignal: "SIGTERM",
  stopGraceMs: 5_000,
  startTimeoutMs: 10_000,
} as const;
export const one: ServiceSpec[] = [{ ...BASE, name: "api", kind: "daemon" }];

const WELL: BeatSample = {
  ready: true,
  lagMs: 0,
  overdue: "",
  stuck: false,
  trouble: "",
  rssBytes: 50e6,
  buildHash: "b",
};

const GOOD: ProbeAnswer = { healthy: true, status: "200", excerpt: "ok", latencyMs: 3 };

/** Plays a stack by hand: time moves when it is told to, processes say what the test lets them say. */
export class Play {
  readonly supervision: Supervision;
  readonly #specs: readonly ServiceSpec[];
  readonly commands: SupervisionCommand[] = [];
  stopped = new Set<string>();
  at = 0;

  constructor(specs: readonly ServiceSpec[], first: SupervisionEvent = { type: "tick" }) {
    this.#specs = specs;
    const now = this.#now();
    this.supervision = new Supervision(specs, {
      random: seededRandom(1),
      isStopped: (instance) => this.stopped.has(instance),
      now,
    });
    this.handle(first);
  }

  handle(event: SupervisionEvent): SupervisionCommand[] {
    const commands = this.supervision.handle(event, this.#now());
    this.commands.push(...commands);
    return commands;
  }

  /** Lets time pass in ticks of 100 ms; instances in `beating` go on to beat. */
  pass(ms: number, beating: readonly string[] = []): SupervisionCommand[] {
    const from = this.commands.length;
    for (let passed = 0; passed < ms; passed += 100) {
      this.at += 100;
      for (const instance of beating) this.beat(instance);
      this.handle({ type: "tick" });
    }
    return this.commands.slice(from);
  }

  started(instance: string): void {
    const { process, generation } = this.view(instance);
    this.handle({ type: "started", process, generation, pid: 100 });
  }

  beat(instance: string, beat: Partial<BeatSample> = {}): void {
    const { process, generation } = this.view(instance);
    this.handle({
      type: "beat",
      process,
      generation,
      beat: { ...WELL, ...beat },
    });
  }

  /** Started, well by its own word, and by all that asks it. */
  ready(instance: string): void {
    this.started(instance);
    const { service } = this.view(instance);
    const spec = this.#specs.find(({ name }) => name === service);
    if (spec?.kind === "daemon") this.beat(instance);
    for (const index of spec?.probes.keys() ?? []) this.answer(instance, { index });
  }

  /** One look at a process from outside. */
  answer(
    instance: string,
    { index = 0, ...answer }: { index?: number } & Partial<ProbeAnswer> = {},
  ): SupervisionCommand[] {
    const { process, generation } = this.view(instance);
    return this.handle({ type: "probe", process, generation, index, answer: { ...GOOD, ...answer } });
  }

  exits(instance: string, code: number | undefined): SupervisionCommand[] {
    const { process, generation } = this.view(instance);
    return this.handle({ type: "exited", process, generation, code, detail: `exit code ${code}` });
  }

  view(instance: string) {
    const found = this.supervision.views().find((view) => view.instance === instance);
    if (!found) throw new Error(`no instance ${instance}`);
    return found;
  }

  get wall(): number {
    return 1_000_000 + this.at;
  }

  #now() {
    return { wall: this.wall, monotonic: this.at };
  }
}

export const starts = (commands: readonly SupervisionCommand[]) =>
  commands.flatMap((command) => (command.type === "start" ? [command.process] : []));
export const signals = (commands: readonly SupervisionCommand[]) =>
  commands.flatMap((command) => (command.type === "signal" ? [`${command.signal} ${command.process}`] : []));

export function upStack(): Play {
  const play = new Play(stackServices(shape));
  play.ready("postgres");
  play.ready("paper-venue");
  play.started("migrations");
  play.exits("migrations", 0);
  for (const instance of ["api", "worker-1", "backtester-1"]) play.ready(instance);
  return play;
}
