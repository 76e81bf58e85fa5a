import { accept, type Result, refuse } from "../core/result.ts";
import type { Intent } from "./intent.ts";
import { type ClientOrderId, isTerminal, type Order } from "./order.ts";

export type DepartureRefusal =
  | { readonly code: "NOT_INTENDED" }
  | { readonly code: "ALREADY_DEPARTED" }
  | { readonly code: "CHILD_EXCEEDS_PARENT"; readonly children: number; readonly parent: number };

/** What these say can only be a defect of ours, of the kind that sends orders nobody meant. */
const MISMATCHES: Record<DepartureRefusal["code"], true> = {
  NOT_INTENDED: true,
  ALREADY_DEPARTED: true,
  CHILD_EXCEEDS_PARENT: true,
};
export const isMismatch = (code: string): boolean => Object.hasOwn(MISMATCHES, code);

/** How many intents are remembered: far more than can be under way at once. */
const KEPT = 20_000;

interface Entry {
  readonly intent: Intent;
  departed: boolean;
  /** What it can still take of its parent: its quantity until it has ended, what it filled afterwards. */
  takes: number;
  ended: boolean;
}

/**
 * What the egress itself holds against what was intended (RC-44, RC-45). It lives where orders leave, not where they are
 * made, so that a fault in the making is caught all the same: what was never intended does not leave, nothing leaves
 * twice, and the children of an order never leave for more than it.
 */
export class DepartureLog {
  readonly #entries = new Map<ClientOrderId, Entry>();
  readonly #children = new Map<ClientOrderId, Entry[]>();
  intended = 0;
  departed = 0;

  /** The store holds it now: it may leave, once. */
  intend(intent: Intent): void {
    if (this.#entries.has(intent.id)) return;
    this.intended += 1;
    const entry = { intent, departed: false, takes: intent.terms.quantity, ended: false };
    this.#entries.set(intent.id, entry);
    if (this.#entries.size <= KEPT) return;
    const oldest = this.#entries.keys().next().value!;
    this.#entries.delete(oldest);
    this.#children.delete(oldest);
  }

  /** An order of an earlier life: it has left, if it ever did, and does not leave again. Its children count against it. */
  restore(intent: Intent, order: Order): void {
    this.#entries.set(intent.id, { intent, departed: true, takes: intent.terms.quantity, ended: false });
    const { parent } = intent;
    if (parent !== undefined)
      this.#children.set(parent, [...(this.#children.get(parent) ?? []), this.#entries.get(intent.id)!]);
    this.settle(order);
  }

  /** Asked at the socket, in the turn of the write. What is allowed counts as departed. */
  depart(id: ClientOrderId): Result<true, DepartureRefusal> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return refuse({ code: "NOT_INTENDED" });
    if (entry.departed) return refuse({ code: "ALREADY_DEPARTED" });
    const { parent } = entry.intent;
    const siblings = parent === undefined ? [] : (this.#children.get(parent) ?? []);
    const whole = parent === undefined ? undefined : this.#entries.get(parent)?.intent.terms.quantity;
    const children = taken([...siblings, entry]);
    // A parent of an earlier life is not in this log; the risk check that knows the book has the word then.
    if (whole !== undefined && children > whole)
      return refuse({ code: "CHILD_EXCEEDS_PARENT", children, parent: whole });
    if (parent !== undefined) this.#children.set(parent, [...siblings, entry]);
    entry.departed = true;
    this.departed += 1;
    return accept(true);
  }

  /** An order has changed: one that has ended takes no more than what it filled. */
  settle({ id, state, filled }: Order): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || !isTerminal(state)) return;
    entry.takes = filled;
    entry.ended = true;
  }
}

/** What these may take in all; of an open group only one fills. */
function taken(entries: readonly Entry[]): number {
  let total = 0;
  const groups = new Map<string, number>();
  for (const { intent, takes, ended } of entries) {
    const { group } = intent.terms;
    if (group === undefined || ended) total += takes;
    else groups.set(group, Math.max(takes, groups.get(group) ?? 0));
  }
  for (const largest of groups.values()) total += largest;
  return total;
}
