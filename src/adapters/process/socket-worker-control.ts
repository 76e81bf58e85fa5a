import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { OperatorRequest } from "../../live/events.ts";
import type { LevelRaise } from "../../ports/kill-store.ts";
import type { PartitionEvidence, WorkerControl } from "../../ports/worker-control.ts";
import type { WorkerAck } from "../../ports/worker-registry.ts";
import { parseLevel } from "../../trading/level.ts";
import { readIfExists } from "../files/state-files.ts";
import { controlCall } from "./control-client.ts";
import { isAlive } from "./process-table.ts";

/** A worker that does not answer in this time is told by signal instead. */
const ANSWER_MS = 1_000;

const ackSchema = z.object({
  worker: z.string(),
  epoch: z.number(),
  level: z.pipe(
    z.string(),
    z.transform((text) => parseLevel(text)),
  ),
  lastSent: z.number(),
  partitions: z.array(z.string()),
  buildHash: z.string(),
  configHash: z.string(),
  unresolved: z.number(),
  certificateAgeMs: z.optional(z.number()),
  atVenue: z.optional(z.object({ open: z.int(), covered: z.int(), withinMs: z.optional(z.number()) })),
});
const factsSchema = z.object({ pid: z.int(), startTime: z.string() });

/** The workers of one state directory, by their control sockets and, when those are deaf, by signal. */
export class SocketWorkerControl implements WorkerControl {
  readonly #run: string;

  /** `run` is the folder that holds the control sockets and published facts. */
  constructor(run: string) {
    this.#run = run;
  }

  async instances(): Promise<readonly string[]> {
    try {
      return readdirSync(this.#run)
        .filter((name) => /^worker(-\d+)?\.sock$/.test(name))
        .map((name) => name.replace(/\.sock$/, ""));
    } catch {
      return [];
    }
  }

  async kill(instance: string, raise: LevelRaise): Promise<WorkerAck> {
    return ackSchema.parse(await this.#call(instance, "kill", raise));
  }

  async standing(instance: string): Promise<WorkerAck> {
    return ackSchema.parse(await this.#call(instance, "trading", undefined));
  }

  async signal(instance: string): Promise<boolean> {
    const text = readIfExists(join(this.#run, `${instance}.json`));
    const facts = text === undefined ? undefined : factsSchema.safeParse(JSON.parse(text)).data;
    if (facts === undefined || !isAlive(facts)) return false;
    return process.kill(facts.pid, "SIGUSR2");
  }

  async ask(instance: string, request: OperatorRequest): Promise<readonly PartitionEvidence[]> {
    return (await this.#call(instance, "operator", request)) as readonly PartitionEvidence[];
  }

  #call(instance: string, command: string, params: unknown): Promise<unknown> {
    return controlCall(join(this.#run, `${instance}.sock`), command, params, { timeoutMs: ANSWER_MS });
  }
}
