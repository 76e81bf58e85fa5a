import type { KillCopy, LevelChanged, LevelRaise, UnrecordedKill } from "../../ports/kill-store.ts";
import type { KillState, StoreReading } from "../../trading/kill-state.ts";
import {
  type ArmedEpochs,
  isUnrecorded,
  type LatchedKill,
  latchedState,
  stillHolds,
} from "../../trading/latched-kill.ts";

type Remembered = LatchedKill & Omit<UnrecordedKill, "scope" | "level">;

/** Kills in the memory of this process: what a signal or the control socket sets. It needs nothing but the process. */
export class ProcessKillLatch implements KillCopy {
  readonly name = "process";
  readonly role = "latch";
  readonly #listeners = new Set<(change: LevelChanged | undefined) => void>();
  #kills: readonly Remembered[] = [];

  async read(armed: ArmedEpochs): Promise<StoreReading> {
    const store = { store: this.name, role: this.role } as const;
    if (this.#kills.length === 0) return { ...store, status: "absent" };
    return { ...store, status: "read", state: latchedState(this.#kills, armed) };
  }

  /** Takes effect before it returns: nobody waits between the signal and the flag. */
  set({ scope, level, epoch, reason, commandId, actor, origin }: LevelRaise): LevelChanged {
    const known = this.#kills.find((kill) => kill.commandId === commandId);
    const change = { scope, level, epoch: epoch ?? 0, changed: known === undefined || known.epoch !== epoch };
    if (!change.changed) return change;
    const kill = { scope, level, epoch, reason, commandId, actor, origin };
    this.#kills = [...this.#kills.filter((one) => one !== known), kill];
    for (const listener of this.#listeners) listener(change);
    return change;
  }

  async raise(raise: LevelRaise): Promise<LevelChanged> {
    return this.set(raise);
  }

  async onChange(listener: (change: LevelChanged | undefined) => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async follow(state: KillState, armed: ArmedEpochs): Promise<void> {
    this.#kills = this.#kills.filter((kill) => isUnrecorded(kill, state.epoch) || stillHolds(kill, armed));
  }

  async unrecorded(authorityEpoch: number): Promise<readonly UnrecordedKill[]> {
    return this.#kills.filter((kill) => isUnrecorded(kill, authorityEpoch)).map(({ epoch: _epoch, ...kill }) => kill);
  }

  close(): void {}
}
