import { assert } from "../../core/errors.ts";
import type { Incident, IncidentRole, IncidentSeverity, IncidentSource } from "./incident.ts";
import type { Signal } from "./signal.ts";

/**
 * Everything that can happen to an incident, as it stands in the journal: the kind of the row and its body. An
 * incident is what its events add up to, so nothing about it has to be believed that the chain does not hold.
 */
export type IncidentEvent =
  | { readonly kind: "incident.opened"; readonly body: Opened }
  | {
      readonly kind: "incident.signalled";
      readonly body: { readonly signal: Signal; readonly keys: readonly string[] };
    }
  | { readonly kind: "incident.acknowledged"; readonly body: Empty }
  | {
      readonly kind: "incident.assigned";
      readonly body: { readonly role: IncidentRole; readonly to: string; readonly from: string };
    }
  | {
      readonly kind: "incident.graded";
      readonly body: { readonly severity: IncidentSeverity; readonly from: IncidentSeverity; readonly reason: string };
    }
  | { readonly kind: "incident.noted"; readonly body: { readonly text: string } }
  | { readonly kind: "incident.mitigated"; readonly body: { readonly how: string } }
  | { readonly kind: "incident.reopened"; readonly body: { readonly why: string } }
  | {
      readonly kind: "incident.updated";
      readonly body: { readonly audience: string; readonly text: string; readonly contacts: readonly string[] };
    }
  | { readonly kind: "incident.resolved"; readonly body: { readonly how: string } }
  | { readonly kind: "incident.notified"; readonly body: Delivery }
  | { readonly kind: "incident.notify-failed"; readonly body: Delivery & { readonly reason: string } };

type Empty = Readonly<Record<string, never>>;

export interface Opened {
  readonly title: string;
  readonly summary: string;
  readonly severity: IncidentSeverity;
  readonly source: IncidentSource;
  readonly beganAt?: number;
  readonly signals: readonly Signal[];
  readonly keys: readonly string[];
  readonly links: readonly string[];
  readonly runbook?: string;
  readonly follows?: string;
}

export interface Delivery {
  readonly contact: string;
  readonly channel: string;
  /** `opened`, `escalation`, `update`, `resolved`. */
  readonly what: string;
  readonly attempts: number;
}

/** An event with who and when. */
export type Happened = IncidentEvent & {
  readonly incident: string;
  readonly actor: string;
  readonly occurredAt: number;
};

/** The incident after one more event. Only the first event has none before it. */
export function applyIncidentEvent(incident: Incident | undefined, event: Happened): Incident {
  const { actor, occurredAt } = event;
  if (event.kind === "incident.opened") {
    const state = { state: "open", openedBy: actor, openedAt: occurredAt, roles: {} } as const;
    return { ...event.body, ...state, id: event.incident };
  }
  assert(incident !== undefined, "an incident begins by being opened");
  switch (event.kind) {
    case "incident.signalled":
      return withSignal(incident, event.body.signal, event.body.keys);
    case "incident.acknowledged":
      return {
        ...incident,
        state: incident.state === "open" ? "acknowledged" : incident.state,
        acknowledgedAt: occurredAt,
        acknowledgedBy: actor,
        roles: { commander: actor, ...incident.roles },
      };
    case "incident.assigned":
      return { ...incident, roles: { ...incident.roles, [event.body.role]: event.body.to } };
    case "incident.graded":
      return { ...incident, severity: event.body.severity };
    case "incident.mitigated":
      return { ...incident, state: "mitigated", mitigatedAt: occurredAt, mitigation: event.body.how };
    case "incident.reopened":
      return reopened(incident);
    case "incident.resolved": {
      const mitigatedAt = incident.mitigatedAt ?? occurredAt;
      return { ...incident, state: "resolved", mitigatedAt, resolvedAt: occurredAt, resolution: event.body.how };
    }
    case "incident.noted":
    case "incident.updated":
    case "incident.notified":
    case "incident.notify-failed":
      return incident;
  }
}

function withSignal(incident: Incident, signal: Signal, keys: readonly string[]): Incident {
  const others = incident.signals.filter(({ fingerprint }) => fingerprint !== signal.fingerprint);
  return {
    ...incident,
    signals: [...others, signal],
    keys: [...new Set([...incident.keys, ...keys])],
    links: [...new Set([...incident.links, ...signal.links])],
  };
}

/** What was thought to be over is not: the time to mitigate runs on. */
function reopened({ mitigatedAt: _at, mitigation: _how, ...rest }: Incident): Incident {
  return { ...rest, state: rest.acknowledgedAt === undefined ? "open" : "acknowledged" };
}
