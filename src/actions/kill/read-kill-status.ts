import { OperatorError } from "../../core/errors.ts";
import type { KillCopy } from "../../ports/kill-store.ts";
import type { ArmAsk, LevelNote } from "../../ports/level-record.ts";
import type { RegisteredWorker, WorkerAck } from "../../ports/worker-registry.ts";
import { type HostLoss, hostLoss } from "../../trading/host-loss.ts";
import { combineStores, type StoreReading } from "../../trading/kill-state.ts";
import { LEASE_GUARD_MS } from "../../trading/lease.ts";
import type { Level } from "../../trading/level.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";
import { nextSteps } from "./next-steps.ts";

/** How trading stands: the level that holds, who says so, and who obeys it. */
export interface KillStatus {
  /** The strictest over all stores, for everything. */
  readonly level: Level;
  readonly epoch: number | undefined;
  /** Every scope that has a level of its own. */
  readonly scopes: readonly ScopeStatus[];
  readonly stores: readonly { readonly store: string; readonly says: string }[];
  readonly workers: readonly WorkerStatus[];
  /** Why everything is blocked although nobody killed: stores that are silent or empty. */
  readonly missing: readonly string[];
  /** What becomes of our orders if this host dies now (KS-28). */
  readonly hostLoss?: HostLoss;
  /** Arms that wait for a second person. */
  readonly requests: readonly ArmAsk[];
  /** What a person can do now, in words, most urgent first. */
  readonly next: readonly string[];
}

export interface ScopeStatus {
  readonly scope: string;
  readonly level: Level;
  readonly since: number;
  /** Who set it, why and when (ISO), as far as the store that holds it says. */
  readonly by?: string;
  readonly reason?: string;
  readonly at?: string;
}

export interface WorkerStatus {
  readonly worker: string;
  readonly epoch: number;
  readonly level: Level;
  readonly lastSent: number;
  readonly partitions: readonly string[];
  readonly unresolved: number;
  /** Whether it may hold a permit now. */
  readonly live: boolean;
  readonly buildHash: string;
  readonly configHash: string;
  /** Age of the oldest reconciliation of its partitions; undefined when one was never reconciled. */
  readonly certificateAgeMs: number | undefined;
}

/** Reads the level from every store and what the workers say of it. Changes nothing. */
export async function readKillStatus({
  authority,
  copies,
  registry,
  record,
  workers,
}: Pick<KillSwitchPorts, "authority" | "copies" | "registry"> &
  Partial<Pick<KillSwitchPorts, "record" | "workers">>): Promise<KillStatus> {
  const first = (await authority?.read()) ?? { store: "postgres", role: "authority", status: "unreachable" };
  const armed = ("armed" in first ? first.armed : undefined) ?? new Map();
  const rest = await Promise.all(copies.map((copy: KillCopy) => copy.read(armed)));
  const state = combineStores([first, ...rest]);
  // A server that did not say the level is not asked for more: that would only take time.
  const answers = first.status === "read" ? record : undefined;
  const listed = first.status === "read" ? await registry?.list().catch(() => undefined) : undefined;
  const rows = listed ?? (await standingHere(workers));
  const notes = await orNone(answers?.notes());
  const requests = (await answers?.waiting().catch(noAnswer))?.asks ?? [];
  const epoch = first.status === "read" ? first.state.epoch : undefined;
  const unrecorded = (await Promise.all(copies.map((copy) => orNone(copy.unrecorded(epoch ?? 0))))).flat();
  const facts = {
    level: state.levels.get("global")?.level ?? "RUN",
    epoch,
    scopes: [...state.levels].map(([scope, { level, since }]): ScopeStatus => {
      const note = notes.find((one) => one.scope === scope && one.level === level);
      const kills = unrecorded.filter((one) => one.scope === scope && one.level === level);
      const kill = kills.find(({ actor }) => actor !== undefined) ?? kills[0];
      return { scope, level, since, ...(note === undefined ? wordsOf(kill) : writtenWords(note)) };
    }),
    stores: [first, ...rest].map((reading) => ({ store: reading.store, says: saysOf(reading) })),
    workers: rows.map((row) => ({
      worker: row.worker,
      epoch: row.epoch,
      level: row.level,
      lastSent: row.lastSent,
      partitions: row.partitions,
      unresolved: row.unresolved,
      live: mayHold(row),
      buildHash: row.buildHash,
      configHash: row.configHash,
      certificateAgeMs: row.certificateAgeMs,
    })),
    missing: state.missing,
    // Who cannot ask does not know: silence is no "none".
    ...((listed || rows.length > 0) && {
      hostLoss: lossOf(rows),
    }),
    requests,
  };
  return { ...facts, next: nextSteps(facts) };
}

type Row = WorkerAck & Partial<Pick<RegisteredWorker, "permitRemainingMs" | "ageMs">>;

const mayHold = ({ permitRemainingMs: left }: Row) => left === undefined || left > -LEASE_GUARD_MS;

/** A worker that fell silent is still believed about its orders, because nobody knows better, but not as if it were now. */
function lossOf(rows: readonly Row[]): HostLoss {
  const loss = hostLoss(rows.flatMap(({ atVenue }) => (atVenue === undefined ? [] : [atVenue])));
  const silent = rows.filter((row) => !mayHold(row) && (row.atVenue?.open ?? 0) > 0);
  if (silent.length === 0) return loss;
  const said = silent.map(({ worker, ageMs = 0 }) => `${worker} said ${Math.round(ageMs / 1_000)} s ago`);
  return { ...loss, words: `${loss.words}; as ${said.join(" and ")}, and nothing since` };
}

/** What the workers of this host say of themselves, where the registry of all cannot be read; not their permits. */
async function standingHere(workers: KillSwitchPorts["workers"] | undefined): Promise<readonly Row[]> {
  if (workers === undefined) return [];
  const said = (await workers.instances()).map((instance) => workers.standing(instance).catch(() => undefined));
  const rows = (await Promise.all(said)).filter((row) => row !== undefined);
  return rows;
}

function saysOf(reading: StoreReading): string {
  if (reading.status !== "read")
    return reading.status === "absent" && reading.role === "latch" ? "nothing" : reading.status;
  const levels = [...reading.state.levels].filter(([, { level }]) => level !== "RUN");
  const kills = levels.map(([scope, { level }]) => `${scope} ${level}`);
  return kills.length === 0 ? `RUN at epoch ${reading.state.epoch}` : kills.join(", ");
}

const writtenWords = ({ actor, reason, at }: LevelNote) => ({ by: actor, reason, at: new Date(at).toISOString() });

function wordsOf(kill: { readonly actor?: string; readonly reason: string } | undefined) {
  return kill === undefined ? {} : { reason: kill.reason, ...(kill.actor !== undefined && { by: kill.actor }) };
}

/** The words are worth having, and the level stands without them. */
async function orNone<T>(answer: Promise<readonly T[]> | undefined): Promise<readonly T[]> {
  return (await answer?.catch(noAnswer)) ?? [];
}

/** A store that is away, or a folder that cannot be read: its silence is in `missing` already. */
function noAnswer(error: unknown): undefined {
  if (error instanceof OperatorError) return undefined;
  throw error;
}
