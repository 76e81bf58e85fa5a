import type { OrdersAtVenue } from "../../src/trading/host-loss.ts";
import { LEVELS, type Level, parseLevel } from "../../src/trading/level.ts";
import type { Permit } from "../../src/trading/permit.ts";

/** The registry as this file needs it. */
interface AckRegistry {
  acknowledge(
    ack: {
      worker: string;
      epoch: number;
      level: Level;
      lastSent: number;
      partitions: readonly string[];
      buildHash: string;
      configHash: string;
      unresolved: number;
      certificateAgeMs: number | undefined;
      atVenue: OrdersAtVenue;
    },
    permitMs: number,
  ): Promise<void>;
  leave(worker: string): Promise<void>;
}

/** What each held partition says of itself. */
export interface PartitionStanding {
  readonly partition: string;
  readonly epoch: number;
  readonly level: Level;
  readonly unresolved: number;
  /** Age of its reconciliation certificate; undefined without one. */
  readonly certificateAgeMs: number | undefined;
  readonly atVenue: OrdersAtVenue;
}

export interface StandingOptions {
  readonly registry: AckRegistry;
  readonly worker: string;
  readonly buildHash: string;
  readonly configHash: string;
  readonly onFailure: (error: unknown) => void;
}

/**
 * What this worker confirms to the rest: the epoch that all its partitions obey, and how far it had sent by then
 * (KS-10). Said at once when it changes, and again with every permit, so that a silent worker is seen.
 */
export class Standing {
  readonly #options: StandingOptions;
  #read: () => { partitions: readonly PartitionStanding[]; lastSent: number } = () => ({ partitions: [], lastSent: 0 });
  #permit: { epoch: number; level: Level; expires: number } | undefined;
  #now = 0;
  #saying: Promise<void> | undefined;
  #again = false;

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  /** Where the partitions' own words come from. */
  readFrom(read: () => { partitions: readonly PartitionStanding[]; lastSent: number }): void {
    this.#read = read;
  }

  renewed(permit: Permit, now: number): void {
    const level = parseLevel(permit.state.levels.get("global")?.level);
    this.#permit = { epoch: permit.state.epoch, level, expires: permit.expires };
    this.#now = now;
    this.say();
  }

  /** The words of now, as the control socket gives them too. */
  words() {
    const { partitions, lastSent } = this.#read();
    const epochs = partitions.map(({ epoch }) => epoch);
    const levels = partitions.map(({ level }) => level);
    const { worker, buildHash, configHash } = this.#options;
    return {
      worker,
      // Not before the last of them: a worker has confirmed an epoch when everything in it has.
      epoch: epochs.length === 0 ? (this.#permit?.epoch ?? 0) : Math.min(...epochs),
      level: levels.length === 0 ? (this.#permit?.level ?? "BLOCK") : loosest(levels),
      lastSent,
      partitions: partitions.map(({ partition }) => partition),
      buildHash,
      configHash,
      unresolved: partitions.reduce((sum, { unresolved }) => sum + unresolved, 0),
      atVenue: together(partitions.map(({ atVenue }) => atVenue)),
      certificateAgeMs: oldest(partitions.map(({ certificateAgeMs }) => certificateAgeMs)),
    };
  }

  /** Confirms what holds now. One statement at a time; what changes meanwhile is said right after it. */
  say(): void {
    if (this.#saying !== undefined) {
      this.#again = true;
      return;
    }
    const permitMs = Math.max(0, (this.#permit?.expires ?? 0) - this.#now);
    this.#saying = this.#options.registry
      .acknowledge(this.words(), permitMs)
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#saying = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.say();
      });
  }

  async close(): Promise<void> {
    this.#again = false;
    await this.#saying;
    await this.#options.registry.leave(this.#options.worker).catch(this.#options.onFailure);
  }
}

/** The oldest of all; undefined when one was never made, or there is none at all. */
function oldest(ages: readonly (number | undefined)[]): number | undefined {
  const known = ages.filter((age) => age !== undefined);
  return known.length === 0 || known.length < ages.length ? undefined : Math.max(...known);
}

/** Orders of all partitions; the latest of their switches tells when all are withdrawn. */
function together(parts: readonly OrdersAtVenue[]): OrdersAtVenue {
  const waits = parts.flatMap(({ withinMs }) => (withinMs === undefined ? [] : [withinMs]));
  return {
    open: parts.reduce((sum, { open }) => sum + open, 0),
    covered: parts.reduce((sum, { covered }) => sum + covered, 0),
    ...(waits.length > 0 && { withinMs: Math.max(...waits) }),
  };
}

function loosest(levels: readonly Level[]): Level {
  return LEVELS[Math.min(...levels.map((level) => LEVELS.indexOf(level)))]!;
}
