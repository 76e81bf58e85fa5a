import { OperatorError } from "../core/errors.ts";
import type { StackSnapshot } from "../ops/stack-feed.ts";
import type { StackControl } from "../ports/stack-control.ts";

/**
 * How the stack stands. When its supervisor died but its processes go on, a new one is started, takes them over and
 * answers. Throws notRunning when there is nothing to ask.
 */
export async function readStatus(stack: StackControl): Promise<StackSnapshot> {
  try {
    return await stack.snapshot();
  } catch (error) {
    const isAbsent = error instanceof OperatorError && error.details.code === "CONTROL_ABSENT";
    if (!isAbsent || stack.processes().length === 0) throw isAbsent ? notRunning(error) : error;
  }
  await stack.launch({ fresh: false });
  return settled(stack);
}

/** The first state of adopted processes is only that they exist; their own word follows within a beat. */
async function settled(stack: StackControl): Promise<StackSnapshot> {
  let last: StackSnapshot | undefined;
  const watch = await stack.watch((event) => {
    if (event.kind !== "snapshot" && event.kind !== "instance") return;
    void stack.snapshot().then((snapshot) => {
      last = snapshot;
      if (!snapshot.instances.some(({ state }) => state === "starting")) watch.close();
    }, watch.close);
  });
  await watch.ended;
  return last ?? stack.snapshot();
}

function notRunning(cause: unknown): OperatorError {
  return new OperatorError("The stack is not running.", {
    exit: "notRunning",
    code: "STACK_NOT_RUNNING",
    hint: "ttt up",
    retryable: true,
    cause,
  });
}
