import { type InstanceState, isServing, type Need } from "./service.ts";

/** What is known of a needed service's instances when the question is asked. */
export interface NeedEvidence {
  readonly instance: string;
  readonly state: InstanceState;
  readonly reason: string;
}

export type Gate =
  | { readonly kind: "open" }
  | { readonly kind: "waiting"; readonly need: Need; readonly evidence: string }
  /** It cannot be met any more without a person: waiting on would only hide that. */
  | { readonly kind: "impossible"; readonly need: Need; readonly evidence: string };

/**
 * Whether an instance may start now. Each need is a question about the present, never about what once was: a
 * database that was ready and is restarting does not let anything start.
 */
export function checkGate(needs: readonly Need[], find: (service: string) => readonly NeedEvidence[]): Gate {
  let waiting: Gate | undefined;
  for (const need of needs) {
    const instances = find(need.service);
    // A service that is not part of this stack is provided from outside.
    if (instances.length === 0 || instances.some(({ state }) => isMet(need, state))) continue;
    if (instances.every(({ state }) => isBeyondHope(need, state))) {
      // Why it failed stands in its own row.
      return {
        kind: "impossible",
        need,
        evidence: instances.map(({ instance, state }) => `${instance} is ${state}`).join("; "),
      };
    }
    waiting ??= { kind: "waiting", need, evidence: instances.map(describe).join("; ") };
  }
  return waiting ?? { kind: "open" };
}

function isMet(need: Need, state: InstanceState): boolean {
  return need.condition === "done" ? state === "done" : isServing(state);
}

function isBeyondHope(need: Need, state: InstanceState): boolean {
  if (state === "failed" || state === "quarantined" || state === "stopped") return true;
  return need.condition === "ready" && state === "done";
}

function describe({ instance, state, reason }: NeedEvidence): string {
  return reason === "" ? `${instance} is ${state}` : `${instance} is ${state}: ${reason}`;
}
