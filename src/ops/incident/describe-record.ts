import { fieldsOf, type JournalRecord, textIn } from "../journal-record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What each kind of row says in a timeline. A kind that is not listed shows its plain fields. */
const SENTENCES: Readonly<Record<string, (fields: Fields) => string>> = {
  "incident.opened": (of) => `opened as ${textIn(of, "severity")}: ${textIn(of, "title")}`,
  "incident.acknowledged": () => "acknowledged",
  "incident.assigned": (of) =>
    `${textIn(of, "role")} is ${textIn(of, "to")}${textIn(of, "from") && `, before ${textIn(of, "from")}`}`,
  "incident.graded": (of) => `${textIn(of, "severity")}, was ${textIn(of, "from")}: ${textIn(of, "reason")}`,
  "incident.noted": (of) => textIn(of, "text"),
  "incident.mitigated": (of) => `mitigated: ${textIn(of, "how")}`,
  "incident.reopened": (of) => `not mitigated after all: ${textIn(of, "why")}`,
  "incident.updated": (of) => `status update for ${textIn(of, "audience")}`,
  "incident.resolved": (of) => `resolved: ${textIn(of, "how")}`,
  "incident.notified": (of) => `${textIn(of, "what")} told to ${textIn(of, "contact")} by ${textIn(of, "channel")}`,
  "incident.notify-failed": (of) =>
    `${textIn(of, "what")} did not reach ${textIn(of, "contact")}: ${textIn(of, "reason")}`,
  "incident.signalled": (of) => signalled(of.signal),
  "trading-level.raised": (of) => `trading level ${textIn(of, "after")} for ${textIn(of, "scope")}: ${reason(of)}`,
  "trading-level.armed": (of) => `${textIn(of, "scope")} armed: ${reason(of)}`,
  "trading-level.founded": (of) => `first trading level ${textIn(of, "after")}`,
  "kill.evidence": (of) =>
    `kill of ${textIn(of, "scope")} is ${textIn(of, "verdict")}; workers ${count(of.workers)}, propagation ${milliseconds(of.propagationMs)}`,
  "kill.drill": (of) => `kill switch drill: ${textIn(of, "passed")} of ${textIn(of, "rounds")} rounds passed`,
  "command.ran": (of) => `${textIn(of, "command")} ended with ${textIn(of, "exit")}`,
  "flag.set": (of) => `flag ${textIn(of, "flag")} is ${textIn(of, "value")}, was ${textIn(of, "was")}: ${reason(of)}`,
  "flag.unset": (of) => `flag ${textIn(of, "flag")} back to ${textIn(of, "value")}: ${reason(of)}`,
  "service.reloaded": (of) =>
    `${textIn(of, "instance")} reloaded${of.ok === true ? "" : " in vain"}: ${textIn(of, "reason")}`,
  "supervisor.started": (of) => `supervisor started, build ${textIn(of, "build")}`,
  "token.created": (of) => `token ${textIn(of, "name")} made, ${textIn(of, "role")}`,
  "token.revoked": (of) => `token ${textIn(of, "name")} revoked`,
  "jobs.replayed": (of) => `jobs to run again: ${listed(of.jobs)}`,
  "jobs.purged": (of) => `${textIn(of, "purged")} jobs forgotten: ${listed(of.states)}`,
  "runbook.started": (of) => `runbook ${textIn(of, "runbook")} begins`,
  "runbook.resumed": (of) => `runbook ${runbookOf(of)} goes on`,
  "runbook.ended": (of) => `runbook ${runbookOf(of)} is ${textIn(of, "outcome")}${after(of, "note")}`,
  "runbook.step-started": (of) => `${stepOf(of)} begins`,
  "runbook.step-process": (of) => `${stepOf(of)} is process ${textIn(of, "pid")}`,
  "runbook.step-ended": (of) => `${stepOf(of)} is ${textIn(of, "state")}${after(of, "note")}`,
  "runbook.rechecked": (of) => `${stepOf(of)} ${of.holds === true ? "still holds" : "does not hold any more"}`,
};

/** One line that says what happened. */
export function describeRecord(record: JournalRecord): string {
  const fields = fieldsOf(record);
  const known = SENTENCES[record.kind];
  if (known !== undefined) return known(fields);
  if (record.kind.startsWith("service.") && textIn(fields, "instance") !== "") {
    const why = textIn(fields, "reason");
    return `${textIn(fields, "instance")} is ${record.kind.slice("service.".length)}${why && `: ${why}`}`;
  }
  const plain = Object.entries(fields).filter(([name, value]) => isPlain(value) && name !== "occurredAt");
  return plain.map(([name, value]) => `${name}=${value}`).join(" ") || record.kind;
}

function signalled(signal: unknown): string {
  const fields = fieldsOf({ body: signal });
  return `${textIn(fields, "name")} ${textIn(fields, "status")}: ${textIn(fields, "summary")}`;
}

/** `20261123-055649-kill-and-rearm-1065` is a run of `kill-and-rearm`. */
const runbookOf = (of: Fields) =>
  textIn(of, "run")
    .replace(/^\d+-\d+-/, "")
    .replace(/-[0-9a-f]+$/, "");
const stepOf = (of: Fields) => `runbook ${runbookOf(of)}: step ${textIn(of, "step")}`;
const after = (of: Fields, name: string) => textIn(of, name) && `: ${textIn(of, name)}`;
const listed = (list: unknown) => (Array.isArray(list) ? list.join(", ") : "");
const milliseconds = (value: unknown) => (typeof value === "number" ? `${value.toFixed(1)} ms` : "unknown");
const reason = (of: Fields) => textIn(of, "reason");
const count = (list: unknown) => (Array.isArray(list) ? list.length : 0);
const isPlain = (value: unknown) => ["string", "number", "boolean"].includes(typeof value) && value !== "";
