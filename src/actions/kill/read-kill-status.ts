import type { KillCopy } from "../../ports/kill-store.ts";
import { combineStores, type StoreReading } from "../../trading/kill-state.ts";
import { LEASE_GUARD_MS } from "../../trading/lease.ts";
import type { Level } from "../../trading/level.ts";
import type { KillSwitchPorts } from "./kill-switch-ports.ts";

/** How trading stands: the level that holds, who says so, and who obeys it. */
export interface KillStatus {
  /** The strictest over all stores, for everything. */
  readonly level: Level;
  readonly epoch: number | undefined;
  /** Every scope that has a level of its own. */
  readonly scopes: readonly { readonly scope: string; readonly level: Level; readonly since: number }[];
  readonly stores: readonly { readonly store: string; readonly says: string }[];
  readonly workers: readonly WorkerStatus[];
  /** Why everything is blocked although nobody killed: stores that are silent or empty. */
  readonly missing: readonly string[];
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
}

/** Reads the level from every store and what the workers say of it. Changes nothing. */
export async function readKillStatus({
  authority,
  copies,
  registry,
}: Pick<KillSwitchPorts, "authority" | "copies" | "registry">): Promise<KillStatus> {
  const first = (await authority?.read()) ?? { store: "postgres", role: "authority", status: "unreachable" };
  const armed = ("armed" in first ? first.armed : undefined) ?? new Map();
  const rest = await Promise.all(copies.map((copy: KillCopy) => copy.read(armed)));
  const state = combineStores([first, ...rest]);
  const rows = (await registry?.list().catch(() => [])) ?? [];
  return {
    level: state.levels.get("global")?.level ?? "RUN",
    epoch: first.status === "read" ? first.state.epoch : undefined,
    scopes: [...state.levels].map(([scope, { level, since }]) => ({ scope, level, since })),
    stores: [first, ...rest].map((reading) => ({ store: reading.store, says: saysOf(reading) })),
    workers: rows.map((row) => ({
      worker: row.worker,
      epoch: row.epoch,
      level: row.level,
      lastSent: row.lastSent,
      partitions: row.partitions,
      unresolved: row.unresolved,
      live: row.permitRemainingMs > -LEASE_GUARD_MS,
      buildHash: row.buildHash,
      configHash: row.configHash,
    })),
    missing: state.missing,
  };
}

function saysOf(reading: StoreReading): string {
  if (reading.status !== "read")
    return reading.status === "absent" && reading.role === "latch" ? "nothing" : reading.status;
  const levels = [...reading.state.levels].filter(([, { level }]) => level !== "RUN");
  const kills = levels.map(([scope, { level }]) => `${scope} ${level}`);
  return kills.length === 0 ? `RUN at epoch ${reading.state.epoch}` : kills.join(", ");
}
