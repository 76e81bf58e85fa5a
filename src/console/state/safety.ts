import type { Environment } from "../../trading/environment.ts";
import { GLOBAL, type Scope } from "../../trading/scope.ts";
import { count } from "../view/format.ts";
import type { ConsoleState, Intent } from "./console-state.ts";
import type { StackView } from "./stack-view.ts";

/** How long changes stay possible in a live environment after an unlock. */
export const UNLOCK_MS = 5 * 60_000;

/** Services whose restart touches trading: their confirmation names what is at stake. */
const TRADING_SERVICES = ["worker", "paper-venue", "postgres"];

export function environmentOf(view: StackView): Environment | "unknown" {
  return view.trading.value?.environment ?? "unknown";
}

/** Only a stack that is known to trade without money is open for changes from the start. */
export function isLocked(state: ConsoleState, view: StackView, now: number): boolean {
  const environment = environmentOf(view);
  return environment !== "paper" && environment !== "sandbox" && (state.unlockedUntil ?? 0) <= now;
}

/**
 * What must be typed to confirm. It holds how much is at stake and where, as the stack is at this moment: a phrase
 * typed for what was there before does not match.
 */
export function phraseFor(intent: Intent, view: StackView): string {
  switch (intent.kind) {
    case "unlock":
      return `unlock ${environmentOf(view)}`;
    case "arm":
      return `arm ${intent.scope} ${count(openPositions(view), "position")} ${venuesOf(view)}`;
    default: {
      const service = view.services.value.find(({ instance }) => instance === intent.instance)?.service;
      const stake = service !== undefined && TRADING_SERVICES.includes(service);
      const orders = count(view.trading.value?.orders.length ?? 0, "order");
      return `${intent.kind} ${intent.instance}${stake ? ` ${orders} ${venuesOf(view)}` : ""}`;
    }
  }
}

/** Every scope a kill can take, widest first, from what is known of the stack; global is always there. */
export function killScopes(view: StackView): readonly Scope[] {
  const trading = view.trading.value;
  const owned = [...(trading?.positions ?? []), ...(trading?.orders ?? []), ...(trading?.fills ?? [])];
  const scopes: Scope[] = [GLOBAL];
  for (const kind of ["venue", "strategy", "instrument"] as const) {
    scopes.push(...[...new Set(owned.map((one) => one[kind]))].sort().map((name): Scope => `${kind}:${name}`));
  }
  return [...new Set([...scopes, ...(trading?.levels ?? []).map(({ scope }) => scope)])];
}

function openPositions(view: StackView): number {
  return view.trading.value?.positions.filter(({ quantity }) => Number(quantity) !== 0).length ?? 0;
}

function venuesOf(view: StackView): string {
  const trading = view.trading.value;
  const venues = [...(trading?.positions ?? []), ...(trading?.orders ?? [])].map(({ venue }) => venue);
  return [...new Set(venues)].sort().join("+") || environmentOf(view);
}
