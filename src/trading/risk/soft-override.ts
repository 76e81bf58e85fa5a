import type { Values, Verdict } from "../decision.ts";

/** An operator's word that one order may pass one soft limit (RC-08). */
export interface SoftOverride {
  /** The id of the order that was denied, and that the next one will have. */
  readonly order: string;
  /** The code of the denial. */
  readonly code: string;
  /** How far over the limit it may be, in the limit's unit: a larger order under the same id does not pass. */
  readonly breach: number;
}

/** Prices move between the denial and the next try, so it may be over by so much of what was observed. */
const SLACK_RATIO = 0.05;

/** What an override of this denial may let pass; undefined when it was no soft limit. */
export function overridableBreach(verdict: Verdict): number | undefined {
  if (verdict.kind !== "DENY" || !verdict.soft) return undefined;
  const { observed } = verdict.values;
  const breach = breachOf(verdict.values);
  return breach === undefined || typeof observed !== "number" ? undefined : breach + Math.abs(observed) * SLACK_RATIO;
}

/** Whether the values of a denial lie within what was overridden. */
export function isWithinBreach(values: Values, allowed: number | undefined): boolean {
  const breach = breachOf(values);
  return allowed === undefined || (breach !== undefined && breach <= allowed);
}

function breachOf({ observed, limit }: Values): number | undefined {
  return typeof observed === "number" && typeof limit === "number" ? Math.abs(observed - limit) : undefined;
}
