import { randomBytes } from "node:crypto";
import type { IncidentSource } from "../../ops/incident/incident.ts";
import { type Incident, isAtLeastAsBad, isOver } from "../../ops/incident/incident.ts";
import type { IncidentEvent } from "../../ops/incident/incident-event.ts";
import { incidentId } from "../../ops/incident/incident-id.ts";
import { keysOf, type Signal } from "../../ops/incident/signal.ts";
import type { IncidentCommand, IncidentTurn } from "../../ports/incident-store.ts";
import { writeChange } from "./change-incident.ts";
import type { IncidentPorts } from "./incident-ports.ts";
import { openWithin } from "./open-incident.ts";

/** What became of one signal. */
export interface SignalTaken {
  readonly fingerprint: string;
  /** Undefined when it belongs to no incident: it ended, and nothing was open. */
  readonly incident: string | undefined;
  readonly did: "opened" | "updated" | "nothing";
}

/** Signals that arrived together, and who sent them. */
export interface SignalBatch {
  readonly source: Exclude<IncidentSource, "operator">;
  /** What the sender counts as one thing: Alertmanager's group key. */
  readonly group?: string;
  readonly signals: readonly Signal[];
  readonly occurredAt: number;
}

/**
 * Takes what machines say. The same thing said again changes nothing; a new one opens an incident, or joins the one
 * that is open about the same group or service; one that ended marks that. When all have ended by themselves the
 * incident resolves itself if nobody has acknowledged it; otherwise it is mitigated, and its people resolve it.
 */
export function takeSignals(
  ports: IncidentPorts,
  batch: SignalBatch,
  command: IncidentCommand,
): Promise<readonly SignalTaken[]> {
  return ports.incidents.turn(async (turn) => {
    const taken: SignalTaken[] = [];
    const touched = new Set<string>();
    for (const signal of batch.signals) {
      const one = await takeOne(turn, ports, batch, signal, command);
      if (one.incident !== undefined && one.did === "updated") touched.add(one.incident);
      taken.push(one);
    }
    for (const id of touched) await endIfAllEnded(turn, ports, id, batch, command);
    return taken;
  });
}

async function takeOne(
  turn: IncidentTurn,
  ports: IncidentPorts,
  batch: SignalBatch,
  signal: Signal,
  command: IncidentCommand,
): Promise<SignalTaken> {
  const { fingerprint } = signal;
  const keys = keysOf(signal, batch.group);
  const found = await turn.newestOf(keys);
  const known = found?.signals.find((one) => one.fingerprint === fingerprint);
  if (found === undefined || isOver(found)) {
    // A word about what a person has resolved meanwhile is not news.
    const isOld = known !== undefined && known.startsAt >= signal.startsAt;
    if (signal.status === "ended" || isOld) return { fingerprint, incident: found?.id, did: "nothing" };
    const incident = await open(turn, ports, batch, signal, keys, found, command);
    return { fingerprint, incident: incident.id, did: "opened" };
  }
  if (known !== undefined && !isNews(signal, known)) return { fingerprint, incident: found.id, did: "nothing" };
  await update(turn, ports, found, signal, keys, batch, command);
  return { fingerprint, incident: found.id, did: "updated" };
}

/** Senders repeat themselves, and a repetition may come late. */
function isNews(signal: Signal, known: Signal): boolean {
  if (signal.startsAt < known.startsAt) return false;
  if (signal.startsAt > known.startsAt) return true;
  if (known.status === "ended") return false;
  return signal.status === "ended" || signal.severity !== known.severity;
}

function open(
  turn: IncidentTurn,
  ports: IncidentPorts,
  { source, occurredAt }: SignalBatch,
  signal: Signal,
  keys: readonly string[],
  before: Incident | undefined,
  command: IncidentCommand,
): Promise<Incident> {
  const { summary, severity, links, runbook, name } = signal;
  const opened = {
    title: summary,
    summary: describe(signal),
    ...{ severity, source, keys, links, signals: [signal] },
    beganAt: Math.min(signal.startsAt, occurredAt),
    ...(runbook !== undefined && { runbook }),
    ...(before !== undefined && { follows: before.id }),
  };
  const id = incidentId(occurredAt, randomBytes(5));
  return openWithin(turn, ports, { id, occurredAt, opened }, { ...command, origin: `${command.origin}, ${name}` });
}

function describe({ name, labels }: Signal): string {
  const rest = Object.entries(labels).filter(([key]) => key !== "alertname" && key !== "severity");
  return [name, ...rest.map(([key, value]) => `${key}=${value}`)].join(" ");
}

async function update(
  turn: IncidentTurn,
  ports: IncidentPorts,
  incident: Incident,
  signal: Signal,
  keys: readonly string[],
  { occurredAt }: SignalBatch,
  command: IncidentCommand,
): Promise<void> {
  const write = (before: Incident, event: IncidentEvent) =>
    writeChange(turn, ports, before, event, command, occurredAt);
  let after = await write(incident, { kind: "incident.signalled", body: { signal, keys } });
  if (signal.status === "ended") return;
  if (!isAtLeastAsBad(after.severity, signal.severity)) {
    const body = { severity: signal.severity, from: after.severity, reason: signal.summary };
    after = await write(after, { kind: "incident.graded", body });
  }
  if (after.state === "mitigated") {
    await write(after, { kind: "incident.reopened", body: { why: `${signal.name} again: ${signal.summary}` } });
  }
}

async function endIfAllEnded(
  turn: IncidentTurn,
  ports: IncidentPorts,
  id: string,
  { occurredAt }: SignalBatch,
  command: IncidentCommand,
): Promise<void> {
  const incident = await turn.find(id);
  if (incident === undefined || incident.signals.some(({ status }) => status === "firing")) return;
  if (incident.state === "mitigated" || isOver(incident)) return;
  const how = `${incident.signals.map(({ name }) => name).join(", ")} ended by itself`;
  const isNobodys = incident.acknowledgedAt === undefined && incident.source !== "operator";
  const event: IncidentEvent = isNobodys
    ? { kind: "incident.resolved", body: { how } }
    : { kind: "incident.mitigated", body: { how } };
  await writeChange(turn, ports, incident, event, command, occurredAt);
}
