import { OperatorError } from "../core/errors.ts";
import type { InstanceView } from "../ops/instance.ts";
import { whyNotReload } from "../ops/reload.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { type ChangePlan, planChange } from "./change-services.ts";

/** What the reload would do now. Throws when one of those that are named cannot be replaced: then none is. */
export async function planReload(stack: StackControl, names: readonly string[]): Promise<ChangePlan> {
  const { instances } = await planChange(stack, "restart", names);
  for (const view of instances) {
    const reason = whyNotReload(view);
    if (reason !== undefined) throw impossible(view, reason);
  }
  return { instances, steps: instances.map(({ instance }) => `replace ${instance}`) };
}

/**
 * Replaces the named instances, one at a time, by processes of the installed build. Stops at the first that fails:
 * what was not replaced runs on as it was, and no request is lost either way.
 */
export async function reloadServices(
  stack: StackControl,
  names: readonly string[],
  options: { readonly timeoutMs: number },
): Promise<readonly InstanceView[]> {
  const { instances } = await planReload(stack, names);
  const done: string[] = [];
  for (const { instance } of instances) {
    const { ok, reason } = await stack.reload(instance, options.timeoutMs).catch((error: unknown) => {
      throw isLate(error) ? late(instance, options.timeoutMs, error) : error;
    });
    if (!ok) throw failed(instance, reason, done);
    done.push(instance);
  }
  const now = await stack.snapshot();
  return now.instances.filter(({ instance }) => done.includes(instance));
}

const isLate = (error: unknown) => error instanceof OperatorError && error.details.code === "CONTROL_TIMEOUT";

function late(instance: string, timeoutMs: number, cause: unknown): OperatorError {
  return new OperatorError(`${instance} was not replaced within ${timeoutMs / 1000} s.`, {
    exit: "timeout",
    code: "RELOAD_TIMEOUT",
    hint: "It goes on, and the running one serves until it is done: ttt status",
    retryable: true,
    cause,
  });
}

function impossible({ instance, kind }: InstanceView, reason: string): OperatorError {
  return new OperatorError(`${instance} cannot be replaced without a gap.`, {
    exit: kind === "daemon" ? "conflict" : "usage",
    code: "RELOAD_IMPOSSIBLE",
    found: reason,
    hint: kind === "job" ? "It runs once; ttt db migrate runs it again" : `ttt restart ${instance}`,
  });
}

function failed(instance: string, reason: string, done: readonly string[]): OperatorError {
  return new OperatorError(`${instance} was not replaced: the running one goes on.`, {
    exit: "unhealthy",
    code: "RELOAD_FAILED",
    expected: "a new process of the installed build, ready and staying so",
    found: reason || "it ended",
    hint: done.length > 0 ? `Already replaced: ${done.join(", ")}. Then: ttt logs ${instance}` : `ttt logs ${instance}`,
  });
}
