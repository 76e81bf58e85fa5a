import type { WorkerControl } from "../ports/worker-control.ts";
import { type HostLoss, hostLoss } from "../trading/host-loss.ts";

/**
 * What becomes of our orders if this host dies now, as its workers say it. Undefined while none of them answers: then
 * the record still knows, and `ttt kill status` says it.
 */
export async function readHostLoss(
  workers: Pick<WorkerControl, "instances" | "standing">,
): Promise<HostLoss | undefined> {
  const instances = await workers.instances();
  // A worker that ends meanwhile, or stands still, is no reason to say nothing of the others.
  const answers = await Promise.all(instances.map((one) => workers.standing(one).catch(() => undefined)));
  const known = answers.flatMap((answer) => (answer?.atVenue === undefined ? [] : [answer.atVenue]));
  return known.length === 0 ? undefined : hostLoss(known);
}
