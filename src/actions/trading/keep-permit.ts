import type { Cancel, Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import type { AuthorityReading, KillAuthority, KillCopy, LevelChanged } from "../../ports/kill-store.ts";
import type { Log } from "../../ports/log.ts";
import type { StoreReading } from "../../trading/kill-state.ts";
import type { Level } from "../../trading/level.ts";
import { issuePermit, PERMIT_RENEWAL_MS, type Permit } from "../../trading/permit.ts";
import type { Scope } from "../../trading/scope.ts";
import { recordUnrecorded } from "../kill/record-unrecorded.ts";

/** A level that arrived faster than the permit's renewal. */
export interface Push {
  readonly scope: Scope;
  readonly level: Level;
  readonly epoch: number | undefined;
}

export interface KeepPermitOptions {
  readonly authority: KillAuthority;
  readonly copies: readonly KillCopy[];
  readonly clock: Clock;
  readonly log: Log;
  /** Who records kills that only a copy knew. */
  readonly actor: string;
  readonly onPermit: (permit: Permit) => void;
  readonly onPush: (push: Push) => void;
}

/**
 * Keeps a permit alive by reading the authority and all copies again and again (KS-07). Nothing is ever extended by
 * anything else: when the authority is silent, the last permit runs out by itself. A change that is pushed is told at
 * once and read at once. Kills that only a copy knows are recorded with the authority; copies follow it (KS-06, KS-08).
 */
export async function keepPermit(options: KeepPermitOptions): Promise<{ close(): void; readNow(): void }> {
  const { authority, copies, clock, log, onPermit, onPush } = options;
  const told = new Set<string>();
  const cancels: Cancel[] = [];
  let timer: Cancel | undefined;
  let closed = false;
  let reading = false;
  let again = false;

  const read = async (): Promise<void> => {
    const readAt = clock.monotonic();
    const first = await authority.read();
    const armed = first.armed ?? new Map();
    const rest = await Promise.all(copies.map((copy) => copy.read(armed)));
    if (closed) return;
    const permit = issuePermit([first, ...rest], readAt);
    if (permit === undefined) tellLatched(rest);
    else {
      told.clear();
      onPermit(permit);
      await mirror(first, options).catch((error: unknown) => {
        log.warn("copies of the trading level could not be brought into line", { error: messageOf(error) });
      });
    }
  };

  /** The authority is silent, so no permit says it: what copies and latches hold must not wait for the old one to end. */
  const tellLatched = (readings: readonly StoreReading[]) => {
    for (const one of readings) {
      if (one.status !== "read") continue;
      for (const [scope, { level }] of one.state.levels) {
        if (level === "RUN" || told.has(`${scope} ${level}`)) continue;
        told.add(`${scope} ${level}`);
        onPush({ scope, level, epoch: undefined });
      }
    }
  };

  const run = async (): Promise<void> => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    timer?.();
    do {
      again = false;
      await read();
    } while (again && !closed);
    reading = false;
    if (!closed) timer = clock.after(PERMIT_RENEWAL_MS, () => void run());
  };

  const changed = (change: LevelChanged | undefined) => {
    if (change !== undefined && change.level !== "RUN") {
      onPush({ scope: change.scope, level: change.level, epoch: change.epoch > 0 ? change.epoch : undefined });
    }
    void run();
  };

  for (const place of [authority, ...copies]) {
    // A place that cannot push is still read with every renewal.
    await place.onChange(changed).then(
      (cancel) => cancels.push(cancel),
      (error: unknown) => log.warn("no pushes of the trading level", { store: place.name, error: messageOf(error) }),
    );
  }
  void run();
  return {
    readNow: () => void run(),
    close() {
      closed = true;
      timer?.();
      for (const cancel of cancels) cancel();
    },
  };
}

async function mirror(reading: AuthorityReading, { authority, copies, actor }: KeepPermitOptions): Promise<void> {
  if (reading.status !== "read") return;
  await recordUnrecorded(authority, copies, reading.state.epoch, actor);
  for (const copy of copies) await copy.follow(reading.state, reading.armed ?? new Map());
}
