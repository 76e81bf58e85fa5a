import type { AccountId, InstrumentId, StrategyId, VenueId } from "./instrument.ts";

/** What a level, a limit or an action applies to, widest first. */
export const SCOPE_KINDS = ["global", "venue", "account", "strategy", "instrument"] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

/** A scope as text: `global`, `venue:paper`, `account:main`, `strategy:sma-cross`, `instrument:BTC-USD`. */
export type Scope = "global" | `${Exclude<ScopeKind, "global">}:${string}`;

export const GLOBAL: Scope = "global";

/** Who an order belongs to (KS-02): enough to select any subset of orders exactly. */
export interface Owner {
  readonly venue: VenueId;
  readonly account: AccountId;
  readonly strategy: StrategyId;
  readonly instrument: InstrumentId;
}

/** Every scope that an order of this owner lies in, widest first. */
export function scopesOf(owner: Owner): readonly Scope[] {
  return [...strategyScopes(owner), `instrument:${owner.instrument}`];
}

/** The scopes that hold a whole strategy, widest first. */
export function strategyScopes({ venue, account, strategy }: Omit<Owner, "instrument">): readonly Scope[] {
  return [GLOBAL, `venue:${venue}`, `account:${account}`, `strategy:${strategy}`];
}

/** Whether an order of this owner lies in the scope. */
export function contains(scope: Scope, owner: Owner): boolean {
  return scopesOf(owner).includes(scope);
}

/** Reads a scope from outside; undefined when it is not one. */
export function parseScope(text: string): Scope | undefined {
  const known =
    text === GLOBAL || /^(venue|account|strategy|instrument):[A-Za-z0-9][A-Za-z0-9._/@-]{0,127}$/.test(text);
  return known ? (text as Scope) : undefined;
}
