import { sleep } from "../../core/clock.ts";
import { OperatorError, OutageError } from "../../core/errors.ts";
import type { OperatorRequest } from "../../live/events.ts";
import type { PartitionEvidence } from "../../ports/worker-control.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";

const LOOK_MS = 50;
const OVER: readonly PartitionEvidence["phase"][] = ["done", "residual", "refused"];

/**
 * Has the workers close what they hold in scope: under REDUCE_ONLY, through their own risk gate, with intents on record
 * (KS-16). Resolves when every partition that took the request is through with it, or at the deadline. Worker by worker
 * what it said last; a worker that does not answer says nothing.
 */
export async function flattenPositions(
  { clock, workers }: KillSwitchPorts,
  request: OperatorRequest,
  deadline: number,
): Promise<readonly PartitionEvidence[]> {
  const instances = await workers.instances();
  for (;;) {
    const answers = await Promise.all(
      instances.map((instance) =>
        workers.ask(instance, request).catch((error: unknown) => {
          if (error instanceof OutageError || error instanceof OperatorError) return [];
          throw error;
        }),
      ),
    );
    const evidence = answers.flat();
    const over = evidence.length > 0 && evidence.every(({ phase }) => OVER.includes(phase));
    const left = deadline - clock.monotonic();
    if (over || left <= 0) return evidence;
    await sleep(clock, Math.min(LOOK_MS, left));
  }
}
