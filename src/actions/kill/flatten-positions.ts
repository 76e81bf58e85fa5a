import { sleep } from "../../core/clock.ts";
import { OperatorError, OutageError } from "../../core/errors.ts";
import type { OperatorRequest } from "../../live/events.ts";
import type { PartitionEvidence } from "../../ports/worker-control.ts";
import { contains } from "../../trading/scope.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import { type Orphan, openStandIn } from "./stand-in.ts";
import type { AccountUnderKill } from "./withdraw-orders.ts";

const LOOK_MS = 50;
/** How long to wait for a worker to take the request up: one that lives does so at once. */
const TAKE_UP_MS = 2_000;
const OVER: readonly PartitionEvidence["phase"][] = ["done", "residual", "refused"];

/** How far the workers came with closing, and who stood in for them. */
export interface Closing {
  readonly partitions: readonly PartitionEvidence[];
  /** Partitions with a position in scope that nobody took up: no worker of this host has them, nor could this command. */
  readonly unheard: readonly string[];
  /** Why nothing was closed at all, in words. */
  readonly prevented?: string;
}

/** Exits are written down before they leave: without the authority's database no worker sends one, and neither may we. */
export const UNRECORDABLE =
  "positions were not closed: postgres does not answer, and exits are written down there before they leave";

/** Nobody was even asked to close anything. */
export const notClosed = (prevented: string): Closing => ({ partitions: [], unheard: [], prevented });

/**
 * Has the workers close what they hold in scope: under REDUCE_ONLY, through their own risk gate, with intents on record
 * (KS-16). What no worker has taken up is closed by this process, under a lease of its own. Resolves when every
 * partition that took the request is through with it, or at the deadline.
 */
export async function flattenPositions(
  ports: KillSwitchPorts,
  request: OperatorRequest,
  accounts: readonly AccountUnderKill[],
  deadline: number,
  signal?: AbortSignal,
): Promise<Closing> {
  const { clock } = ports;
  const begun = clock.monotonic();
  const served = await askUntil(ports, deadline, signal, async () => {
    const answers = await askWorkers(ports, request);
    const partitions = answers.flatMap((answer) => answer ?? []);
    const nobody = answers.every((answer) => answer === undefined);
    const late = partitions.length === 0 && clock.monotonic() - begun > TAKE_UP_MS;
    return { partitions, over: nobody || late || (partitions.length > 0 && partitions.every(isOver)) };
  });
  await Promise.all(accounts.map((account) => account.look()));
  const orphans = orphansOf(accounts, request, served);
  if (orphans.length === 0 || ports.standIn === undefined || signal?.aborted) return closingOf(orphans, served);

  const standIn = await openStandIn(ports.standIn, orphans, `ttt kill ${request.id}`).catch(silence);
  if (standIn === undefined) return closingOf(orphans, served);
  try {
    const closed = await askUntil(ports, deadline, signal, async () => {
      // A worker that has come back and taken one of them is asked as well.
      const answers = (await askWorkers(ports, request)).flatMap((answer) => answer ?? []);
      const partitions = [...answers, ...standIn.ask(request)];
      return { partitions, over: unheard(orphans, partitions.filter(isOver)).length === 0 };
    });
    return closingOf(orphans, closed);
  } finally {
    await standIn.close();
  }
}

/** What there is to say of it beside the positions that are left. */
export function doubtsOfClosing(closing: Closing | undefined, verdict: string): string[] {
  if (closing === undefined || verdict === "verified") return [];
  const nobody = "no worker of this host has it, and its lease could not be taken: ttt kill status, ttt up";
  return [
    ...(closing.prevented === undefined ? [] : [closing.prevented]),
    ...closing.unheard.map((partition) => `${partition}: ${nobody}; or close it at the venue`),
    ...closing.partitions.flatMap(({ partition, phase, reason }) =>
      phase === "done" || reason === undefined ? [] : [`${partition}: ${reason}`],
    ),
  ];
}

const isOver = ({ phase }: PartitionEvidence) => OVER.includes(phase);

/** Asks again and again, until it is over, at the deadline, or when the person has gone; gives what was said last. */
async function askUntil(
  { clock }: KillSwitchPorts,
  deadline: number,
  signal: AbortSignal | undefined,
  ask: () => Promise<{ readonly partitions: readonly PartitionEvidence[]; readonly over: boolean }>,
): Promise<readonly PartitionEvidence[]> {
  for (;;) {
    const { partitions, over } = await ask();
    const left = deadline - clock.monotonic();
    if (over || left <= 0 || signal?.aborted) return partitions;
    await sleep(clock, Math.min(LOOK_MS, left), signal);
  }
}

/** Of each worker of this host what it says; undefined of one that does not answer. */
async function askWorkers({ workers }: KillSwitchPorts, request: OperatorRequest) {
  const instances = await workers.instances();
  return Promise.all(instances.map((instance) => workers.ask(instance, request).catch(silence)));
}

/** Whoever does not answer says nothing: the report shows what is left. */
function silence(error: unknown): undefined {
  if (!(error instanceof OutageError || error instanceof OperatorError)) throw error;
}

/** Partitions in scope that may hold what the venue still shows, and that no worker has answered for. */
function orphansOf(
  accounts: readonly AccountUnderKill[],
  { scope }: OperatorRequest,
  served: readonly PartitionEvidence[],
): Orphan[] {
  return accounts.flatMap(({ account, evidence }) => {
    const open = new Set<string>(evidence.positionsAfter.map(({ instrument }) => instrument));
    return account.partitions.flatMap((partition) => {
      const instrument = account.instruments.get(partition.instrument);
      if (instrument === undefined || !open.has(instrument.id)) return [];
      const owner = { venue: instrument.venue, account: account.account, strategy: partition.strategy };
      const isServed = served.some((one) => one.partition === partition.id);
      const inScope = contains(scope, { ...owner, instrument: instrument.id });
      return isServed || !inScope ? [] : [{ account, partition, instrument }];
    });
  });
}

const unheard = (orphans: readonly Orphan[], answers: readonly PartitionEvidence[]): string[] =>
  orphans.map(({ partition }) => partition.id).filter((id) => !answers.some(({ partition }) => partition === id));

const closingOf = (orphans: readonly Orphan[], partitions: readonly PartitionEvidence[]): Closing => ({
  partitions,
  unheard: unheard(orphans, partitions),
});
