import type { AccountEvidence, KillReport, KillVerdict, WorkerEvidence } from "../../actions/kill/kill-report.ts";
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

/** What the names of the nearest stores mean. */
const NOTES: Readonly<Record<string, string>> = {
  file: "the kill folder of this host",
  process: "the memory of this host's workers",
};

const CONFIRMED: Record<WorkerEvidence["by"], string> = {
  store: "in the database",
  socket: "over its socket",
  expired: "permit ran out",
  none: "NOT YET",
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
    ...leftAsItWas(report).map((one) => `  left as it was: ${one}`),
    ...report.held.map((one) => `  also held: ${one}, to be armed by itself`),
    "",
    ...table(
      ["STORE", "ACCEPTED", "NOTE"],
      stores.map(({ store, accepted, error }) => [store, accepted ? "yes" : "no", error ?? NOTES[store] ?? ""]),
    ),
    "",
    ...table(
      ["WORKER", "CONFIRMED", "EPOCH", "SENT", "AFTER"],
      workers.map(({ worker, by, epoch: acked, lastSent, afterMs }) => [
        worker,
        CONFIRMED[by],
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

/** What the kill was not asked to touch, and what would: in a kill that was verified nothing else is left. */
function leftAsItWas({ verdict, scope, level, accounts }: KillReport): string[] {
  if (verdict !== "verified") return [];
  const flag = scope === "global" ? "" : ` --scope ${scope}`;
  const orders = accounts.reduce((sum, { ordersAfter }) => sum + ordersAfter.length, 0);
  const held = accounts.flatMap(({ positionsAfter }) => positionsAfter);
  // At BLOCK exits do not leave either: asked for, a flatten names the steps that close positions and nothing else.
  const closes = level === "BLOCK" ? "says how to close it from a block" : "closes it";
  return [
    ...(orders === 0 ? [] : [`own orders at the venue, ${orders}: ttt kill${flag} --cancel withdraws them`]),
    ...(held.length === 0
      ? []
      : [`position of ${holdings(held)}: ttt kill${flag} --flatten ${closes}, or the venue's own screen`]),
  ];
}

/** What was never looked at is unknown, not empty. */
const seen = ({ snapshotAt }: AccountEvidence, text: string) => (snapshotAt === undefined ? "unknown" : text);

const holdings = (positions: readonly { instrument: string; quantity: number }[]) =>
  positions.length === 0 ? "flat" : positions.map(({ instrument, quantity }) => `${quantity} ${instrument}`).join(", ");
