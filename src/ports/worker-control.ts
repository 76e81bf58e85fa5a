import type { ActionEvidence } from "../live/commands.ts";
import type { OperatorRequest } from "../live/events.ts";
import type { LevelRaise } from "./kill-store.ts";
import type { WorkerAck } from "./worker-registry.ts";

/** How far an operator's request has come in one partition. */
export interface PartitionEvidence extends ActionEvidence {
  readonly partition: string;
}

/** The workers of this host, reached without any server. */
export interface WorkerControl {
  /** Instances that run here, or seem to. */
  instances(): Promise<readonly string[]>;
  /** Sets the kill in the worker's own memory; its words are spoken under it already. Rejects when it does not answer. */
  kill(instance: string, raise: LevelRaise): Promise<WorkerAck>;
  /** What it confirms now. Rejects when it does not answer. */
  standing(instance: string): Promise<WorkerAck>;
  /** Sends the signal that blocks everything in it. False when there is no such process. */
  signal(instance: string): Promise<boolean>;
  /** Asks, or asks how far it is: a repeated request is the same one. */
  ask(instance: string, request: OperatorRequest): Promise<readonly PartitionEvidence[]>;
}
