import { OperatorError } from "../core/errors.ts";
import type { InstanceView } from "../ops/instance.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { planChange } from "./change-services.ts";

/**
 * Replaces the named instances, one at a time, by processes of the installed build. Stops at the first that fails:
 * what was not replaced runs on as it was, and no request is lost either way.
 */
export async function reloadServices(
  stack: StackControl,
  names: readonly string[],
  options: { readonly timeoutMs: number },
): Promise<readonly InstanceView[]> {
  const { instances } = await planChange(stack, "restart", names);
  const done: string[] = [];
  for (const { instance } of instances) {
    const { ok, reason } = await stack.reload(instance, options.timeoutMs);
    if (!ok) throw failed(instance, reason, done);
    done.push(instance);
  }
  const now = await stack.snapshot();
  return now.instances.filter(({ instance }) => done.includes(instance));
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
