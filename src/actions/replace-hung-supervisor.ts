import { OperatorError } from "../core/errors.ts";
import type { SupervisorProcess } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";

/**
 * Ends a supervisor that is there and does not answer, so that a new one can take its place. Harmless to the services:
 * they are not its children in any way that matters, and the next supervisor takes them over. Returns the one that was
 * ended; undefined when the supervisor answers, or there is none.
 */
export async function replaceHungSupervisor(
  stack: Pick<StackControl, "snapshot" | "endSupervisor">,
): Promise<SupervisorProcess | undefined> {
  try {
    await stack.snapshot();
    return undefined;
  } catch (error) {
    return isHung(error) ? stack.endSupervisor() : undefined;
  }
}

/** What a plan says of a supervisor that does not answer; undefined when that is not what went wrong. */
export function hungStep(error: unknown): string | undefined {
  return isHung(error) ? `end the supervisor that does not answer (${error.details.found ?? "hung"})` : undefined;
}

function isHung(error: unknown): error is OperatorError {
  return error instanceof OperatorError && error.details.code === "SUPERVISOR_HUNG";
}
