export interface StepCommand {
  readonly script: string;
  /** Beside what the shell inherits. */
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onOutput: (text: string) => void;
  readonly onProcess: (process: StepProcess) => Promise<void>;
}

/** A process for ever: no later one has both. */
export interface StepProcess {
  readonly pid: number;
  readonly startTime: string;
}

export interface StepEnd {
  /** Null when a signal ended it. */
  readonly exit: number | null;
  readonly ended: "by-itself" | "timeout" | "stopped";
  readonly stdout: string;
  /** Standard output and error as they came, the end of it. Secrets are blacked out. */
  readonly output: string;
  readonly durationMs: number;
}

/** Carries out the commands of runbook steps, each with every process it started. */
export interface StepShell {
  run(command: StepCommand): Promise<StepEnd>;
  /** Waits until a shell of an earlier run has ended, and ends it when it takes longer. */
  settle(process: StepProcess, timeoutMs: number): Promise<"was-gone" | "ended" | "killed">;
}
