import type { InstanceView } from "../ops/instance.ts";

/** How each instance of a stack was last seen. Every change of it is an event of the stream `services`. */
export interface ServiceRecord {
  /** Writes what is not known yet; of one state of one instance only the first writing counts. */
  write(stack: string, views: readonly ServiceSighting[]): Promise<void>;
  /** Instances of the stack that are not among these are gone since `at` (ms since the epoch). */
  retain(stack: string, instances: readonly string[], at: number): Promise<void>;
}

export type ServiceSighting = Pick<InstanceView, "instance" | "service" | "state" | "reason" | "pid" | "since">;
