import type { WorkerView } from "../../actions/desk-feed.ts";
import { count, shortWait } from "../view/format.ts";
import { ageOf, type StackView } from "./stack-view.ts";

/** Something that a person should look at. */
export interface Alert {
  readonly text: string;
  /** What to do: a command or a sentence. */
  readonly hint?: string;
  readonly mood: "warn" | "bad";
}

/** Data older than this is shown with its age. */
export const STALE_AFTER_MS = 3_000;

const FINE = ["ready", "done", "pending", "starting", "stopping"];

/** All that is not as it should be, worst first. */
export function attention(view: StackView, now: number): readonly Alert[] {
  return [
    ...connectionAlerts(view, now),
    ...levelAlerts(view),
    ...denialAlerts(view),
    ...incidentAlerts(view),
    ...serviceAlerts(view),
  ].sort((a, b) => Number(b.mood === "bad") - Number(a.mood === "bad"));
}

function connectionAlerts(view: StackView, now: number): Alert[] {
  return (["services", "trading"] as const).flatMap((topic): Alert[] => {
    const watched = view[topic];
    const age = ageOf(watched, now);
    const old = age === undefined ? "" : `, shown as it was ${shortWait(age)} ago`;
    if (watched.status === "lost" && age === undefined) return [];
    if (watched.status === "lost") {
      const text = `${topic}: ${watched.reason ?? "lost"}${old}`;
      return [{ text, mood: "bad", ...(watched.hint !== undefined && { hint: watched.hint }) }];
    }
    return age !== undefined && age > STALE_AFTER_MS
      ? [{ text: `${topic}: silent for ${shortWait(age)}`, mood: "warn" }]
      : [];
  });
}

function levelAlerts({ trading }: StackView): Alert[] {
  const { value } = trading;
  if (!value) return [];
  const alerts = value.levels
    .filter(({ level }) => level !== "RUN")
    .map(({ scope, level, reason }): Alert => {
      const text = `${level} on ${scope}${reason === undefined ? "" : `: ${reason}`}`;
      return { text, mood: level === "BLOCK" ? "bad" : "warn", hint: `ttt arm --scope ${scope} --reason "…"` };
    });
  for (const { instance, epoch } of workersBehind(trading)) {
    alerts.push({ text: `${instance} acknowledged epoch ${epoch}, not ${value.epoch}`, mood: "bad" });
  }
  for (const { id } of value.orders.filter(({ state }) => state === "unresolved")) {
    alerts.push({ text: `order ${id} is unresolved: nobody knows whether the venue has it`, mood: "bad" });
  }
  return alerts;
}

/** Workers that may send although they have not acknowledged the newest epoch: one without a permit can send nothing. */
export function workersBehind({ value, heardAt = 0 }: StackView["trading"]): readonly WorkerView[] {
  // Permits are renewed several times a second: the reading's own moment tells whether one was held.
  return (value?.workers ?? []).filter(({ epoch, permitUntil = 0 }) => epoch !== value?.epoch && permitUntil > heardAt);
}

/** A strategy whose orders all are denied looks like one that has nothing to do. */
function denialAlerts({ trading: { value } }: StackView): Alert[] {
  return (value?.denials ?? []).map(({ partition, code, count: denied }): Alert => {
    const text = `${partition}: ${count(denied, "order")} denied in a minute, ${code}`;
    return { text, mood: "warn", hint: "ttt risk denials" };
  });
}

function incidentAlerts({ incidents: { value } }: StackView): Alert[] {
  return value
    .filter(({ state }) => state === "open" || state === "acknowledged")
    .map(({ id, severity, title, runbook, state }): Alert => {
      const hint = runbook === undefined ? `ttt incident show ${id}` : `ttt runbook run ${runbook}`;
      const unseen = state === "open" ? ", nobody has taken it" : "";
      return { text: `${severity} ${title}${unseen}`, mood: severity < "sev3" ? "bad" : "warn", hint };
    });
}

function serviceAlerts({ services: { value } }: StackView): Alert[] {
  return value
    .filter(({ state }) => !FINE.includes(state))
    .map(({ instance, state, reason, hint }): Alert => {
      const text = `${instance} is ${state}${reason === undefined ? "" : `: ${reason}`}`;
      const mood = state === "degraded" || state === "stopped" ? "warn" : "bad";
      const next = hint ?? (state === "stopped" ? `ttt start ${instance}` : undefined);
      return { text, mood, ...(next !== undefined && { hint: next }) };
    });
}
