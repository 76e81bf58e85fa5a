import type { Audience } from "./contact.ts";
import { spell } from "./figures.ts";
import type { Incident } from "./incident.ts";

/** How things stand at this moment, as far as it can be asked; undefined where there was no answer. */
export interface LiveState {
  readonly at: number;
  readonly level: string | undefined;
  /** Services that are not as they should be, each with its state. */
  readonly troubled: readonly { readonly instance: string; readonly state: string }[] | undefined;
  readonly services: number | undefined;
  readonly trading: LiveTrading | undefined;
}

export interface LiveTrading {
  readonly openOrders: number;
  readonly positions: readonly { readonly instrument: string; readonly quantity: string; readonly venue: string }[];
  /** Realised, after commission. */
  readonly profit: string;
  readonly currency: string;
}

/** The update for one kind of reader: the desk gets all of it, executives what it means, a venue only what it may know. */
export function statusUpdate(audience: Audience, incident: Incident, live: LiveState, message = ""): string {
  return UPDATES[audience](incident, live, message)
    .filter((line) => line !== "")
    .join("\n");
}

const UPDATES: Readonly<Record<Audience, (incident: Incident, live: LiveState, message: string) => string[]>> = {
  desk: (incident, live, message) => [
    `${heading(incident)} (${incident.id}, ${incident.severity}, ${incident.state})`,
    message,
    `Trading level: ${live.level ?? "unknown"}.`,
    servicesLine(live),
    ...tradingLines(live),
    incident.mitigation === undefined ? "" : `Mitigation: ${incident.mitigation}.`,
    `Lead: ${incident.roles.commander ?? "nobody yet"}. ${ageLine(incident, live)}`,
  ],
  executives: (incident, live, message) => [
    heading(incident),
    message,
    MEANING[incident.state],
    `Trading is ${live.level === undefined ? "in an unknown state" : (LEVEL_WORDS[live.level] ?? live.level)}.`,
    live.trading === undefined
      ? "Profit and exposure are not known at this moment."
      : `Realised result so far ${live.trading.profit} ${live.trading.currency}; ${live.trading.positions.length} positions are open.`,
    `Led by ${incident.roles.commander ?? "nobody yet"}. ${ageLine(incident, live)}`,
  ],
  // Neither positions nor results nor how we are built is a venue's business.
  venue: (incident, live, message) => [
    message || "We are looking into an operational problem on our side.",
    live.level === "RUN" ? "We are sending orders as usual." : "We are not sending new orders.",
    live.trading === undefined ? "" : `Orders of ours open with you: ${live.trading.openOrders}.`,
    incident.state === "resolved" ? "The problem is over." : "We will write again when this changes.",
    `Reference: ${incident.id}.`,
  ],
};

const MEANING: Readonly<Record<Incident["state"], string>> = {
  open: "It is new, and nobody has taken it yet.",
  acknowledged: "It is being worked on.",
  mitigated: "It does no more harm; its cause is still being mended.",
  resolved: "It is over.",
};

const LEVEL_WORDS: Readonly<Record<string, string>> = {
  RUN: "running",
  REDUCE_ONLY: "held to reducing positions",
  BLOCK: "stopped",
};

const heading = ({ title }: Incident) => title;

function servicesLine({ troubled, services }: LiveState): string {
  if (troubled === undefined) return "Services: the supervisor does not answer.";
  if (troubled.length === 0) return `Services: all ${services ?? 0} as they should be.`;
  return `Services: ${troubled.map(({ instance, state }) => `${instance} ${state}`).join(", ")}.`;
}

function tradingLines({ trading }: LiveState): string[] {
  if (trading === undefined) return ["Orders and positions: the record does not answer."];
  const held = trading.positions.map(({ instrument, quantity, venue }) => `${quantity} ${instrument} at ${venue}`);
  return [
    `Open orders: ${trading.openOrders}. Positions: ${held.join(", ") || "none"}.`,
    `Realised result after commission: ${trading.profit} ${trading.currency}.`,
  ];
}

function ageLine({ openedAt, resolvedAt }: Incident, { at }: LiveState): string {
  return resolvedAt === undefined
    ? `Open for ${spell(Math.max(0, at - openedAt))}.`
    : `It lasted ${spell(Math.max(0, resolvedAt - openedAt))}.`;
}
