import { sleep } from "../../core/clock.ts";
import type { LevelRaise } from "../../ports/kill-store.ts";
import type { RegisteredWorker } from "../../ports/worker-registry.ts";
import { LEASE_GUARD_MS } from "../../trading/lease.ts";
import type { Inquiry } from "./inquiry.ts";
import type { WorkerEvidence } from "./kill-report.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";

/** Between two looks at who has acknowledged, when nothing tells of one. */
const LOOK_MS = 100;

/** Reaches the workers of this host directly, and remembers what each said. */
export class Fan {
  readonly #ports: KillSwitchPorts;
  readonly #startedAt: number;
  readonly #answers = new Map<string, WorkerEvidence>();
  readonly #underWay = new Set<string>();
  #raise: LevelRaise | undefined;
  /** Instances that did not answer, and whether a signal reached them. */
  readonly silent = new Map<string, boolean>();

  constructor(ports: KillSwitchPorts, startedAt: number) {
    this.#ports = ports;
    this.#startedAt = startedAt;
  }

  get answers(): ReadonlyMap<string, WorkerEvidence> {
    return this.#answers;
  }

  /** Tells every worker here by its socket; one that does not answer gets a signal, if that blocks no more than asked. */
  async out(raise: LevelRaise): Promise<void> {
    this.#raise = raise;
    const instances = await this.#ports.workers.instances();
    await Promise.all(instances.map((instance) => this.#tell(instance, raise)));
  }

  /** Tells those once more that did not answer: one that is only busy has the whole time of the acknowledgements. */
  again(): void {
    for (const instance of this.silent.keys()) {
      if (this.#raise !== undefined && !this.#underWay.has(instance)) void this.#tell(instance, this.#raise);
    }
  }

  async #tell(instance: string, raise: LevelRaise): Promise<void> {
    const { clock, workers } = this.#ports;
    this.#underWay.add(instance);
    try {
      const { worker, epoch, lastSent } = await workers.kill(instance, raise);
      const afterMs = clock.monotonic() - this.#startedAt;
      this.#answers.set(worker, { worker, by: "socket", epoch, lastSent, afterMs });
      this.silent.delete(instance);
    } catch {
      const fits = raise.scope === "global" && raise.level === "BLOCK";
      const signalled = this.silent.get(instance) === true;
      this.silent.set(instance, signalled || (fits && (await workers.signal(instance).catch(() => false))));
    } finally {
      this.#underWay.delete(instance);
    }
  }
}

/** Who has acknowledged, and whether the registry, which alone knows the workers of other hosts, was read. */
export interface Acks {
  readonly workers: readonly WorkerEvidence[];
  readonly isComplete: boolean;
}

/**
 * Waits until every worker that may still send has acknowledged the epoch, or can no longer hold a permit (KS-10). A
 * worker counts as long as the registry shows a permit that may last, guard time included.
 */
export async function collectAcks(
  { clock, registry }: Pick<KillSwitchPorts, "clock" | "registry">,
  inquiry: Inquiry,
  fan: Fan,
  epoch: number | undefined,
  { startedAt, timeoutMs, signal }: { startedAt: number; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<Acks> {
  const deadline = startedAt + timeoutMs;
  let workers = new Map<string, WorkerEvidence>();
  let isComplete = false;
  let wake = () => {};
  const listening = registry && (await inquiry.ask(() => registry.onAck(() => wake())));
  try {
    for (;;) {
      const told = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const listed = registry && (await inquiry.ask(() => registry.list()));
      isComplete ||= listed?.ok === true;
      const now = clock.monotonic() - startedAt;
      workers = judge(workers, listed?.ok ? listed.value : [], fan, epoch, now);
      // Who took the level will know the workers too; of who did not nothing is waited for.
      const mayTellMore = epoch !== undefined && !isComplete && registry !== undefined && !inquiry.isSilent;
      const open = mayTellMore || [...workers.values()].some(({ by }) => by === "none");
      const left = deadline - clock.monotonic();
      if (!open || left <= 0 || signal?.aborted) break;
      fan.again();
      const waiting = new AbortController();
      const ended = signal === undefined ? waiting.signal : AbortSignal.any([waiting.signal, signal]);
      await Promise.race([told, sleep(clock, Math.min(LOOK_MS, left), ended)]);
      waiting.abort();
    }
  } finally {
    if (listening?.ok) listening.value();
  }
  return { workers: [...workers.values()], isComplete };
}

function judge(
  before: ReadonlyMap<string, WorkerEvidence>,
  rows: readonly RegisteredWorker[],
  fan: Fan,
  epoch: number | undefined,
  afterMs: number,
): Map<string, WorkerEvidence> {
  const evidence = new Map<string, WorkerEvidence>(before);
  // What a worker said itself came before its row was read, and counts from then.
  for (const [worker, answer] of fan.answers) {
    const known = evidence.get(worker);
    const enough = epoch === undefined || (answer.epoch ?? 0) >= epoch;
    // It was silent under the name of its instance, as long as nothing else was known of it.
    evidence.delete(worker.split(".")[0]!);
    if (enough && (known === undefined || known.by === "none")) evidence.set(worker, answer);
  }
  for (const row of rows) {
    const known = evidence.get(row.worker);
    if (known !== undefined && known.by !== "none") continue;
    const { worker, lastSent } = row;
    if (epoch !== undefined && row.epoch >= epoch) {
      evidence.set(worker, { worker, by: "store", epoch: row.epoch, lastSent, afterMs });
    } else if (row.permitRemainingMs < -LEASE_GUARD_MS) {
      // It was away before this began, or long enough since: it holds no permit any more.
      if (known !== undefined) evidence.set(worker, { worker, by: "expired", lastSent, afterMs });
    } else evidence.set(worker, { worker, by: "none", epoch: row.epoch, lastSent });
  }
  for (const instance of fan.silent.keys()) {
    const known = [...evidence.keys()].some((worker) => worker.startsWith(`${instance}.`));
    if (!known && rows.length === 0) evidence.set(instance, { worker: instance, by: "none" });
  }
  return evidence;
}
