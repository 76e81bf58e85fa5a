import { OperatorError } from "../core/errors.ts";
import type { StackSnapshot } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { hungStep } from "./replace-hung-supervisor.ts";

/** What a plan begins from: the stack as its supervisor shows it, or what has to be done first when none answers. */
export async function present(
  stack: StackControl,
): Promise<{ readonly running: StackSnapshot | undefined; readonly first: readonly string[] }> {
  try {
    return { running: await stack.snapshot(), first: [] };
  } catch (error) {
    const step = hungStep(error);
    if (step !== undefined) return { running: undefined, first: [step] };
    if (error instanceof OperatorError && error.details.code === "CONTROL_ABSENT") {
      return { running: undefined, first: [] };
    }
    throw error;
  }
}
