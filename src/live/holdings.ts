import type { Authority } from "../trading/gate.ts";
import { decidingScope, effectiveLevel, type KillState } from "../trading/kill-state.ts";
import { type Lease, leaseAllows } from "../trading/lease.ts";
import type { Level } from "../trading/level.ts";
import { laterPermit, type Permit, type PushedLevel, supersedes, underPushes } from "../trading/permit.ts";
import type { Owner, Scope } from "../trading/scope.ts";

const NOTHING: KillState = { epoch: 0, levels: new Map([["global", { level: "BLOCK", since: 0 }]]) };

/** What the worker holds for this partition: permit, lease, and levels pushed since the permit was read. */
export class Holdings implements Authority {
  #permit: Permit | undefined;
  #lease: Lease | undefined;
  #pushes: readonly PushedLevel[] = [];

  get permit(): Permit | undefined {
    return this.#permit;
  }
  get lease(): Lease | undefined {
    return this.#lease;
  }
  get pushes(): readonly PushedLevel[] {
    return this.#pushes;
  }

  /** The kill state that counts. Without a permit everything is blocked (KS-04). */
  get state(): KillState {
    return this.#permit === undefined ? NOTHING : underPushes(this.#permit.state, this.#pushes);
  }

  takePermit(offered: Permit): void {
    this.#permit = laterPermit(this.#permit, offered);
    const read = this.#permit.state;
    this.#pushes = this.#pushes.filter((push) => !supersedes(read, push));
  }

  /** A level arrived by a faster way than the permit. It can only raise. */
  takePush(scope: Scope, level: Level, epoch: number | undefined): void {
    if (level === "RUN") return;
    const push: PushedLevel = { scope, level, epoch, heldEpoch: this.state.epoch };
    if (this.#permit !== undefined && supersedes(this.#permit.state, push)) return;
    const known = this.#pushes.some((one) => one.scope === scope && one.level === level && one.epoch === epoch);
    if (!known) this.#pushes = [...this.#pushes, push];
  }

  takeLease(lease: Lease): void {
    if (this.#lease !== undefined && lease.token < this.#lease.token) return;
    this.#lease = lease;
  }

  dropLease(): void {
    this.#lease = undefined;
  }

  /** The level for this owner at this moment: BLOCK without a permit or a lease that holds. */
  levelFor(owner: Owner, now: number): { readonly level: Level; readonly scope: Scope; readonly epoch: number } {
    const state = this.state;
    if (!this.mayAct(now)) return { level: "BLOCK", scope: "global", epoch: state.epoch };
    return { level: effectiveLevel(state, owner), scope: decidingScope(state, owner), epoch: state.epoch };
  }

  /** The level that was set for this owner, whether or not permit and lease still hold: what is acknowledged. */
  standingLevel(owner: Owner): { readonly level: Level; readonly epoch: number } {
    const state = this.state;
    return { level: effectiveLevel(state, owner), epoch: state.epoch };
  }

  /** Both permit and lease hold. */
  mayAct(now: number): boolean {
    const permit = this.#permit;
    const lease = this.#lease;
    return permit !== undefined && now < permit.expires && lease !== undefined && leaseAllows(lease, now);
  }
}
