import type { StackEvent, StackSnapshot, SupervisorProcess } from "../ops/stack-feed.ts";
import type { HostedProcess } from "./process-host.ts";

/** The stack of one state directory, as the command line, the API and the console reach it. */
export interface StackControl {
  /** Throws notRunning when there is no supervisor, SUPERVISOR_HUNG when there is one that does not answer. */
  snapshot(): Promise<StackSnapshot>;
  /** A snapshot first, then everything that changes, until the supervisor ends or `close` is called. */
  watch(onEvent: (event: StackEvent) => void, options?: { vitals?: boolean }): Promise<StackWatch>;
  /** Names are instances or whole services. Returns the instances. */
  want(names: readonly string[], wanted: "up" | "down" | "restart"): Promise<readonly string[]>;
  scale(service: string, count: number): Promise<StackSnapshot>;
  /**
   * Replaces one instance by a process of the installed build without a gap. `ok` false: the old one still serves,
   * and `reason` says why the new one does not.
   */
  reload(instance: string, timeoutMs: number): Promise<{ readonly ok: boolean; readonly reason: string }>;
  /** Begins the end of the stack; follow it with `watch`. */
  down(): Promise<StackSnapshot>;
  /**
   * Starts a detached supervisor and returns when it answers. `fresh` forgets what an earlier one was told;
   * without it the stack is restored as it was meant to be. Harmless when one runs already.
   */
  launch(options: { fresh: boolean }): Promise<void>;
  /** Ends a supervisor that does not answer, with SIGKILL. Undefined when there is none. */
  endSupervisor(): Promise<SupervisorProcess | undefined>;
  /** Whether the stack is meant to be up: it was brought up and not down since. */
  isMeantToBeUp(): boolean;
  /** It is not meant to be up any more. */
  forget(): void;
  /** Processes of this stack's services that run now, whether or not a supervisor watches them. */
  processes(): readonly HostedProcess[];
  /** Whatever of the stack is left on this machine when it should all be gone, in words; removes stale files first. */
  remains(): Promise<readonly string[]>;
}

export interface StackWatch {
  readonly ended: Promise<void>;
  close(): void;
}
