import type { AccountEvidence, KillReport, KillVerdict } from "../../actions/kill/kill-report.ts";
import { signature } from "./kill-status.ts";
import { table } from "./table.ts";

const HEADLINES: Record<KillVerdict, string> = {
  verified: "VERIFIED",
  unacknowledged: "ASSERTED, BUT NOT EVERY WORKER ACKNOWLEDGED",
  "residual-orders": "ASSERTED, BUT ORDERS REMAIN OR MAY REMAIN",
  "residual-position": "ASSERTED, BUT A POSITION REMAINS",
  interrupted: "ASSERTED, BUT INTERRUPTED BEFORE ALL OF IT WAS SEEN",
  "not-stored": "NOT STORED ANYWHERE, NOTHING WAS STOPPED",
};

/** The report of a kill for people: the verdict first, then the evidence. */
export function killReportLines(report: KillReport): string[] {
  const { scope, level, epoch, verdict, doubts, since, stores, workers, accounts, propagationMs, durationMs } = report;
  const held = verdict === "not-stored" ? "was to be" : "is";
  const took = propagationMs === undefined ? "" : `, propagated in ${propagationMs.toFixed(1)} ms`;
  return [
    `${HEADLINES[verdict]}: ${scope} ${held} at ${level}, epoch ${epoch ?? "unknown"}${took}, ${durationMs.toFixed(0)} ms in all`,
    ...doubts.map((doubt) => `  ! ${doubt}`),
    ...(since === undefined ? [] : [`  held before this kill by ${signature(since)}`]),
    ...report.held.map((one) => `  also held: ${one}, to be armed by itself`),
    "",
    ...table(
      ["STORE", "ACCEPTED", "NOTE"],
      stores.map(({ store, accepted, error }) => [store, accepted ? "yes" : "no", error ?? ""]),
    ),
    "",
    ...table(
      ["WORKER", "BY", "EPOCH", "SENT", "AFTER"],
      workers.map(({ worker, by, epoch: acked, lastSent, afterMs }) => [
        worker,
        by,
        String(acked ?? "-"),
        String(lastSent ?? "-"),
        afterMs === undefined ? "-" : `${afterMs.toFixed(1)} ms`,
      ]),
    ),
    "",
    ...table(
      ["ACCOUNT", "ORDERS", "CANCELED", "FILLED", "LEFT", "NOT OURS", "POSITIONS BEFORE", "AFTER", "SEEN AT"],
      accounts.map((one) => [
        `${one.venue}/${one.account}`,
        seen(one, String(one.ordersBefore.length)),
        String(one.canceled.length),
        String(one.filledWhileCancelling.length),
        one.error === undefined ? String(one.ordersAfter.length) : `unknown: ${one.error}`,
        String(one.foreign.length),
        seen(one, holdings(one.positionsBefore)),
        seen(one, holdings(one.positionsAfter)),
        one.snapshotAt ?? "never",
      ]),
    ),
  ];
}

/** What was never looked at is unknown, not empty. */
const seen = ({ snapshotAt }: AccountEvidence, text: string) => (snapshotAt === undefined ? "unknown" : text);

const holdings = (positions: readonly { instrument: string; quantity: number }[]) =>
  positions.length === 0 ? "flat" : positions.map(({ instrument, quantity }) => `${quantity} ${instrument}`).join(", ");
