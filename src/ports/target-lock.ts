import type { Closable } from "./closable.ts";

/** One holder a name on this machine; it ends with its process, whatever ends that. */
export interface TargetLock {
  /** Undefined when somebody else holds it. */
  hold(target: string): Promise<Closable | undefined>;
}
