import type { KillStatus, ScopeStatus } from "../../actions/kill/read-kill-status.ts";
import { table } from "./table.ts";

/** How trading stands, for people: what holds, who set it, when and why, who obeys, and what to do about it. */
export function killStatusLines(status: KillStatus): string[] {
  const { level, epoch, scopes, stores, workers, missing, requests, next, hostLoss } = status;
  const global = scopes.find(({ scope }) => scope === "global");
  const narrow = scopes.filter(({ scope }) => scope !== "global");
  const held = narrow.filter((one) => one.level !== "RUN");
  // A scope that was ever named keeps its row for good; free ones would bury those that hold.
  const free = narrow.length - held.length;
  return [
    `${level} at epoch ${epoch ?? "unknown"}${missing.length > 0 ? `, because of ${missing.join(", ")}` : ""}`,
    ...(global === undefined ? [] : words(global)),
    ...held.flatMap((one) => [`  ${one.scope}: ${one.level} since epoch ${one.since}`, ...words(one)]),
    ...(free === 0 ? [] : [`  ${free} other ${free === 1 ? "scope" : "scopes"} at RUN`]),
    ...requests.map(
      ({ id, scope, requestedBy, reason }) => `  arm request ${id} for ${scope}, by ${requestedBy}: ${reason}`,
    ),
    "",
    ...table(
      ["STORE", "SAYS"],
      stores.map(({ store, says }) => [store, says]),
    ),
    "",
    ...table(
      ["WORKER", "LEVEL", "EPOCH", "SENT", "UNRESOLVED", "RECONCILED", "PERMIT", "PARTITIONS"],
      workers.map((worker) => [
        worker.worker,
        worker.level,
        String(worker.epoch),
        String(worker.lastSent),
        String(worker.unresolved),
        worker.certificateAgeMs === undefined ? "never" : `${Math.round(worker.certificateAgeMs / 1_000)} s ago`,
        worker.live ? "may hold" : "run out",
        worker.partitions.join(", "),
      ]),
    ),
    ...(hostLoss === undefined ? [] : ["", hostLoss.words]),
    ...(next.length === 0 ? [] : ["", "NEXT", ...next.map((step) => `  ${step}`)]),
  ];
}

function words(scope: ScopeStatus): string[] {
  return scope.by === undefined && scope.reason === undefined ? [] : [`    by ${signature(scope)}`];
}

/** Who set a level, when and why. */
export function signature({ by, at, reason }: Pick<ScopeStatus, "by" | "at" | "reason">): string {
  const when = at === undefined ? "" : ` at ${at.replace("T", " ").replace(/\.\d+Z$/, " UTC")}`;
  return `${by ?? "somebody"}${when}: ${reason ?? "no reason given"}`;
}
