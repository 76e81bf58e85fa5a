import type { Clock } from "../core/clock.ts";
import { OperatorError } from "../core/errors.ts";
import type { InstanceView } from "../ops/instance.ts";
import { isLive } from "../ops/service.ts";
import type { SupervisorProcess } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { followStack } from "./follow-stack.ts";
import { replaceHungSupervisor } from "./replace-hung-supervisor.ts";

export interface BringDownOptions {
  readonly clock: Clock;
  /** Return only when it is down and that is proved. */
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly onChange?: (view: InstanceView) => void;
  /** Told when a supervisor that did not answer was ended. */
  readonly onReplaced?: (supervisor: SupervisorProcess) => void;
}

export interface DownReport {
  /** What was running and is not any more. */
  readonly stopped: readonly string[];
  /** What was asked to end and was not waited for. */
  readonly ending: readonly string[];
  /** What is left of the stack on this machine, searched for afterwards. Empty, or the command fails. */
  readonly remains: readonly string[];
}

/**
 * Ends the stack, dependants first, and proves it: no process, no socket, no lock is left. Also after the supervisor
 * was killed (a new one takes over and ends everything), and harmless when nothing runs.
 */
export async function bringDown(stack: StackControl, options: BringDownOptions): Promise<DownReport> {
  const ended = await endAll(stack, options);
  if (!options.wait) return { stopped: [], ending: ended, remains: [] };
  const remains = await stack.remains();
  if (remains.length === 0) return { stopped: ended, ending: [], remains };
  throw new OperatorError("Something of the stack is still there.", {
    exit: "unhealthy",
    code: "DOWN_INCOMPLETE",
    expected: "no process, socket or lock left",
    found: remains.join(", "),
    hint: "ttt down",
    retryable: true,
  });
}

async function endAll(stack: StackControl, options: BringDownOptions): Promise<string[]> {
  const replaced = await replaceHungSupervisor(stack);
  if (replaced) options.onReplaced?.(replaced);
  const runs = await stack.snapshot().then(
    () => true,
    (error: unknown) => {
      if (error instanceof OperatorError && error.details.code === "CONTROL_ABSENT") return false;
      throw error;
    },
  );
  if (!runs && stack.processes().length === 0) {
    stack.forget();
    return [];
  }
  if (!runs) await stack.launch({ fresh: false });
  const before = (await stack.down()).instances.filter(({ state }) => isLive(state) || state === "done");
  if (!options.wait) return before.map(({ instance }) => instance);
  const { outcome, snapshot } = await followStack(stack, { ...options, until: () => undefined }).catch(
    (error: unknown) => {
      // It was quicker than we were.
      if (error instanceof OperatorError && error.details.code === "CONTROL_ABSENT")
        return { outcome: "ended", snapshot: undefined };
      throw error;
    },
  );
  if (outcome === "ended") return before.map(({ instance }) => instance);
  const left = snapshot?.instances.filter(({ state }) => isLive(state)).map(({ instance }) => instance) ?? [];
  throw new OperatorError(`The stack was not down within ${options.timeoutMs / 1000} s.`, {
    exit: "timeout",
    code: "DOWN_TIMEOUT",
    found: `still there: ${left.join(", ")}`,
    hint: "It goes on: ttt status, or ttt down --timeout 120",
    retryable: true,
  });
}
