import { sleep } from "../../core/clock.ts";
import { OperatorError, OutageError } from "../../core/errors.ts";
import type { OperatorRequest } from "../../live/events.ts";
import type { PartitionEvidence } from "../../ports/worker-control.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";

const LOOK_MS = 50;
/** How long to wait for a worker to take the request up: one that lives does so at once. */
const TAKE_UP_MS = 2_000;
const OVER: readonly PartitionEvidence["phase"][] = ["done", "residual", "refused"];

/** How far the workers came with closing. */
export interface Closing {
  readonly partitions: readonly PartitionEvidence[];
  /** Nobody took the request up: no worker of this host holds a partition in its scope. */
  readonly unheard: boolean;
}

/**
 * Has the workers close what they hold in scope: under REDUCE_ONLY, through their own risk gate, with intents on record
 * (KS-16). Resolves when every partition that took the request is through with it, or at the deadline; at once when
 * there is no worker to take it. Worker by worker what it said last; a worker that does not answer says nothing.
 */
export async function flattenPositions(
  { clock, workers }: KillSwitchPorts,
  request: OperatorRequest,
  deadline: number,
  signal?: AbortSignal,
): Promise<Closing> {
  const instances = await workers.instances();
  const begun = clock.monotonic();
  for (;;) {
    const answers = await Promise.all(
      instances.map((instance) =>
        workers.ask(instance, request).catch((error: unknown) => {
          if (error instanceof OutageError || error instanceof OperatorError) return undefined;
          throw error;
        }),
      ),
    );
    const partitions = answers.flatMap((answer) => answer ?? []);
    const over = partitions.length > 0 && partitions.every(({ phase }) => OVER.includes(phase));
    const nobody = answers.every((answer) => answer === undefined);
    const late = partitions.length === 0 && clock.monotonic() - begun > TAKE_UP_MS;
    const left = deadline - clock.monotonic();
    if (over || nobody || late || left <= 0 || signal?.aborted) {
      return { partitions, unheard: partitions.length === 0 };
    }
    await sleep(clock, Math.min(LOOK_MS, left), signal);
  }
}

/** What there is to say of it beside the positions that are left. */
export function doubtsOfClosing(closing: Closing | undefined, verdict: string): string[] {
  if (closing === undefined) return [];
  if (closing.unheard && verdict !== "verified") {
    return ["no worker is alive to close positions: ttt up, and the same command again; or close them at the venue"];
  }
  return closing.partitions.flatMap(({ partition, phase, reason }) =>
    phase === "done" || reason === undefined ? [] : [`${partition}: ${reason}`],
  );
}
