import type { Program } from "./program.ts";

/** A process that runs for the stack, told apart from every other by its start time. */
export interface HostedProcess {
  readonly instance: string;
  readonly pid: number;
  readonly startTime: string;
  /** Given at its start; inherited by whatever it starts. */
  readonly nonce: string;
}

export interface ProcessEnd {
  readonly code: number | undefined;
  /** `exit code 1`, `killed by SIGKILL`, with the last words of its standard error. */
  readonly detail: string;
  /** Processes that outlived it and had to be killed. */
  readonly survivors: number;
}

/** Starts and ends the processes of one stack. They run detached and go on when the host ends. */
export interface ProcessHost {
  /** `onEnd` is called once, after it is proved that nothing of the process survived. Throws when it cannot start. */
  start(instance: string, program: Program, onEnd: (end: ProcessEnd) => void): HostedProcess;
  /** Takes over what an earlier host started. */
  adopt(process: HostedProcess, onEnd: (end: ProcessEnd) => void): void;
  /** Ends a process that belongs to no instance: SIGTERM, and SIGKILL when it stays. */
  end(process: HostedProcess): void;
  /** Signals the whole process group. */
  signal(instance: string, signal: "SIGTERM" | "SIGINT" | "SIGKILL"): void;
  /** Whether the process is stopped by a signal (SIGSTOP), so that it cannot answer. */
  isStopped(instance: string): boolean;
  /** What runs for this stack now, whoever started it. */
  find(): HostedProcess[];
}
