import type { KillStatus } from "../../actions/kill/read-kill-status.ts";
import { table } from "./table.ts";

/** How trading stands, for people. */
export function killStatusLines({ level, epoch, scopes, stores, workers, missing }: KillStatus): string[] {
  const narrow = scopes.filter(({ scope }) => scope !== "global");
  return [
    `${level} at epoch ${epoch ?? "unknown"}${missing.length > 0 ? `, because of ${missing.join(", ")}` : ""}`,
    ...narrow.map(({ scope, level: own, since }) => `  ${scope}: ${own} since epoch ${since}`),
    "",
    ...table(
      ["STORE", "SAYS"],
      stores.map(({ store, says }) => [store, says]),
    ),
    "",
    ...table(
      ["WORKER", "LEVEL", "EPOCH", "SENT", "UNRESOLVED", "PERMIT", "PARTITIONS"],
      workers.map((worker) => [
        worker.worker,
        worker.level,
        String(worker.epoch),
        String(worker.lastSent),
        String(worker.unresolved),
        worker.live ? "may hold" : "run out",
        worker.partitions.join(", "),
      ]),
    ),
  ];
}
