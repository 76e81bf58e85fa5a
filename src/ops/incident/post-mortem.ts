import { figuresOf, spell } from "./figures.ts";
import { INCIDENT_ROLES, type Incident } from "./incident.ts";
import type { MarketImpact } from "./market-impact.ts";
import { changesBefore, type TimelineEntry } from "./timeline.ts";

export interface PostMortemParts {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  /** Undefined when the record of trading does not answer. */
  readonly impact: MarketImpact | undefined;
  /** Hash of the newest row that the draft is made from, and how many rows the chain had. */
  readonly chain: { readonly rows: number; readonly head: string } | undefined;
}

/** What only people can say. */
const TO_WRITE = "_To be written._";

/** A draft in Markdown: everything that the record knows is filled in, and what only people know is asked for. */
export function postMortem({ incident, timeline, impact, chain }: PostMortemParts): string {
  const figures = figuresOf(incident, timeline);
  const changes = changesBefore(timeline, figures.beganAt);
  const sections = [
    `# Post-mortem: ${incident.title}`,
    facts(incident),
    "## Summary",
    incident.summary || TO_WRITE,
    "## Times",
    markdownTable(
      ["", "At (UTC)", "After"],
      [
        ["Began", moment(figures.beganAt), `by ${figures.beganBy}`],
        ["Detected", moment(incident.openedAt), `time to detect ${spell(figures.detectMs)}`],
        ["Acknowledged", moment(incident.acknowledgedAt), `${spell(figures.acknowledgeMs)} after it was open`],
        ["Mitigated", moment(incident.mitigatedAt), `time to mitigate ${spell(figures.mitigateMs)}`],
        ["Resolved", moment(incident.resolvedAt), spell(figures.resolveMs)],
      ],
    ),
    "## What changed just before",
    changes.length === 0 ? "Nothing is on record." : changes.slice(0, MOST_CHANGES).map(line).join("\n"),
    "## Market impact",
    impact === undefined ? "The record of trading did not answer." : impactOf(impact),
    "## What was done",
    [`- Mitigation: ${incident.mitigation ?? TO_WRITE}`, `- Resolution: ${incident.resolution ?? TO_WRITE}`].join("\n"),
    "## Root cause",
    TO_WRITE,
    "## What went well, what did not, where luck helped",
    TO_WRITE,
    "## Actions",
    markdownTable(["Action", "Who", "Until"], [["", "", ""]]),
    "## Timeline",
    markdownTable(
      ["Row", "At (UTC)", "Who", "What"],
      timeline.map(({ seq, at, who, what }) => [String(seq), moment(at), who, what]),
    ),
    chain === undefined
      ? "The journal was not verified."
      : `Every line is a row of the journal, which was verified for this draft: ${chain.rows} rows, last hash \`${chain.head}\`.`,
  ];
  return `${sections.join("\n\n")}\n`;
}

const MOST_CHANGES = 20;

function facts({ id, severity, state, source, openedBy, roles, runbook, links, follows, signals }: Incident): string {
  const people = INCIDENT_ROLES.flatMap((role) => (roles[role] === undefined ? [] : [`${role} ${roles[role]}`]));
  const rows = [
    ["Incident", `${id}, ${severity}, ${state}`],
    ["Opened by", source === "operator" ? openedBy : source],
    ["Roles", people.join(", ") || "none taken"],
    ["Alerts", signals.map(({ name, status }) => `${name} (${status})`).join(", ") || "none"],
    ["Runbook", runbook ?? "none"],
    ...(follows === undefined ? [] : [["Follows", follows]]),
    ...(links.length === 0 ? [] : [["Links", links.join(" ")]]),
  ];
  return markdownTable(["", ""], rows);
}

function impactOf(impact: MarketImpact): string {
  const { from, to, orders, denied, rejected, fills, turnover, commission, cash, instruments } = impact;
  const head = `From ${moment(from)} to ${moment(to)}: ${orders} orders, ${denied} denied by our own checks, ${rejected} rejected by the venue, ${fills} fills, turnover ${turnover}, commission ${commission}, cash moved ${cash}.`;
  if (instruments.length === 0) return head;
  const rows = instruments.map((one) => [
    one.instrument,
    String(one.fills),
    one.bought,
    one.sold,
    `${one.positionBefore} → ${one.positionAfter}`,
    `${one.firstPrice} → ${one.lastPrice}`,
    one.profit,
  ]);
  return `${head}\n\n${markdownTable(["Instrument", "Fills", "Bought", "Sold", "Position", "Price", "Profit"], rows)}`;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [row(header), row(header.map(() => "---")), ...rows.map(row)].join("\n");
}

/** A cell is one line, and a bar in it is no border. */
const cell = (text: string) => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
const line = ({ seq, at, who, what }: TimelineEntry) => `- ${moment(at)} row ${seq}, ${who}: ${what}`;
const moment = (at: number | undefined) =>
  at === undefined ? "-" : new Date(at).toISOString().replace("T", " ").replace("Z", "");
