import { type InstanceRecord, viewOf } from "./instance.ts";
import type { Evidence } from "./probe.ts";
import type { InstanceState } from "./service.ts";
import type { Now, StopSignal, SupervisionCommand } from "./supervision-events.ts";

/** One turn of the supervisor: the time it happens at, and the commands that come of it. */
export class Turn {
  readonly now: Now;
  readonly commands: SupervisionCommand[] = [];

  constructor(now: Now) {
    this.now = now;
  }

  push(command: SupervisionCommand): void {
    this.commands.push(command);
  }

  emit(record: InstanceRecord): void {
    this.push({ type: "changed", view: viewOf(record, this.now) });
  }

  /** `evidence`: the look that led to it. */
  enter(record: InstanceRecord, state: InstanceState, reason: string, evidence: Evidence | null = null): void {
    if (record.state !== state) record.since = this.now.wall;
    if (state !== "pending" && state !== "failed") record.waitsFor = null;
    record.state = state;
    record.reason = reason;
    record.evidence = evidence;
    this.emit(record);
  }

  /** Sends a signal, and notes when SIGKILL is due if the process is still there. */
  signal(record: InstanceRecord, signal: StopSignal, killAfterMs: number): void {
    record.killAt = this.now.monotonic + killAfterMs;
    this.push({ type: "signal", process: record.key, generation: record.generation, signal });
  }
}
