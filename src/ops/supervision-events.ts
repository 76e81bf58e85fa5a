import type { InstanceView } from "./instance.ts";
import type { ProbeAnswer } from "./probe.ts";
import type { Cause } from "./service.ts";

/**
 * What happens to the stack, as the supervisor daemon reports it. Processes go by the name of their process, and what
 * is said of an older generation is ignored.
 */
export type SupervisionEvent =
  | { readonly type: "tick" }
  | { readonly type: "started"; readonly process: string; readonly generation: number; readonly pid: number }
  | {
      readonly type: "start-refused";
      readonly process: string;
      readonly generation: number;
      readonly reason: string;
      readonly exit: number;
    }
  | { readonly type: "beat"; readonly process: string; readonly generation: number; readonly beat: BeatSample }
  | {
      readonly type: "probe";
      readonly process: string;
      readonly generation: number;
      /** Which of its service's probes. */
      readonly index: number;
      readonly answer: ProbeAnswer;
    }
  /** The process is gone, and it is proved that nothing of it survived. */
  | {
      readonly type: "exited";
      readonly process: string;
      readonly generation: number;
      readonly code: number | undefined;
      readonly detail: string;
    }
  /** The first event: what an earlier supervisor left running and had given up, and what was stopped by hand. */
  | {
      readonly type: "begin";
      readonly running: readonly { readonly process: string; readonly pid: number }[];
      readonly stopped: readonly string[];
      /** Instances that did not stay up, with the reason. */
      readonly quarantined: Readonly<Record<string, string>>;
      /** How often each has ended so far: a crash loop goes on counting over the end of its supervisor. */
      readonly ends: Readonly<Record<string, Ends>>;
    }
  | { readonly type: "want"; readonly instances: readonly string[]; readonly wanted: "up" | "down" | "restart" }
  | { readonly type: "scale"; readonly service: string; readonly count: number }
  /** Replace one instance without a gap by a process of this build. */
  | { readonly type: "reload"; readonly instance: string; readonly expectedBuild: string };

/** Ends against our will: without a stable time between them, and in all, by cause. */
export interface Ends {
  readonly inARow: number;
  readonly restarts: Readonly<Partial<Record<Cause, number>>>;
}

export interface BeatSample {
  readonly ready: boolean;
  readonly lagMs: number;
  /** Work that should have gone forward by now, in words; empty when all does. */
  readonly overdue: string;
  /** Some of it is work that only this process holds up: starting it anew can help. */
  readonly stuck: boolean;
  /** What it depends on and does not get, in words; empty when all answer. Starting it anew cannot help. */
  readonly trouble: string;
  readonly rssBytes: number;
  readonly buildHash: string;
}

/** What the supervisor daemon has to do about it. */
export type SupervisionCommand =
  | {
      readonly type: "start";
      readonly process: string;
      readonly generation: number;
      readonly beside: string | undefined;
    }
  | { readonly type: "signal"; readonly process: string; readonly generation: number; readonly signal: StopSignal }
  | { readonly type: "changed"; readonly view: InstanceView }
  | { readonly type: "removed"; readonly instance: string }
  /** This process now is the instance, and answers for it. */
  | { readonly type: "promoted"; readonly process: string; readonly instance: string }
  | { readonly type: "reloaded"; readonly instance: string; readonly ok: boolean; readonly reason: string };

export type StopSignal = "SIGTERM" | "SIGINT" | "SIGKILL";

export interface Now {
  /** Milliseconds since the epoch, for records. */
  readonly wall: number;
  /** Monotonic milliseconds, for deadlines. */
  readonly monotonic: number;
}
