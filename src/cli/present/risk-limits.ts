import type { LimitList, ListedLimit } from "../../actions/risk/list-limits.ts";
import type { LimitReport } from "../../actions/risk/set-limit.ts";
import type { LimitChange } from "../../trading/risk/limit-change.ts";
import { describeLimitValue } from "../../trading/risk/limit-value.ts";
import { table } from "./table.ts";

/** All limits, then what waits, then what made the newest versions. */
export function limitListLines({ version, epoch, limits, waiting, history }: LimitList): string[] {
  const rows = limits.map((limit) => [
    limit.name,
    limit.scope,
    describeLimitValue(limit.name, limit.value),
    limit.kind,
    noteOf(limit),
    limit.summary,
  ]);
  return [
    `version ${version}${version === 0 ? " (nobody has changed a limit yet)" : ""}, epoch ${epoch}`,
    "",
    ...table(["LIMIT", "SCOPE", "VALUE", "KIND", "UNTIL", "WHAT"], rows),
    ...(waiting.length === 0
      ? []
      : [
          "",
          "waiting for an approval, ttt risk limits approve REQUEST:",
          ...table(
            ["REQUEST", "CHANGE", "BY", "ASKED", "REASON"],
            waiting.map(({ id, change, requestedAt }) => [
              String(id),
              changeText(change),
              change.requestedBy,
              instant(requestedAt),
              change.reason,
            ]),
          ),
        ]),
    ...(history.length === 0
      ? []
      : [
          "",
          ...table(
            ["VERSION", "AT", "EPOCH", "CHANGE", "ASKED BY", "APPROVED BY", "REASON"],
            history.map((one) => [
              String(one.version),
              instant(one.at),
              String(one.epoch),
              changeText(one.change),
              one.change.requestedBy,
              one.change.approvedBy ?? "-",
              one.change.reason,
            ]),
          ),
        ]),
  ];
}

/** What became of a wish, or would become of it. */
export function limitReportLines(report: LimitReport, dryRun: boolean, onePerson: boolean): string[] {
  const line = reportLine(report, onePerson);
  return dryRun ? ["Nothing was changed. It would be:", `  ${line}`] : [line];
}

function reportLine({ outcome, change, version, request, epoch }: LimitReport, onePerson: boolean): string {
  const who = onePerson ? "by you or anybody else" : "by a second person";
  if (outcome === "in-force") return `${changeText(change)}: version ${version}, from epoch ${epoch}`;
  if (request === undefined) return `${changeText(change)} allows more than now: it waits for an approval ${who}`;
  return `${changeText(change)} allows more than now: request ${request} waits for \`ttt risk limits approve ${request}\`, ${who}`;
}

function changeText({ name, scope, value, kind, expires }: LimitChange): string {
  const until = expires === undefined ? "" : ` until ${instant(expires)}`;
  return `${name}=${describeLimitValue(name, value)} at ${scope}${kind === "soft" ? ", soft" : ""}${until}`;
}

function noteOf({ inForce, fromEpoch, expires, name, revertsTo }: ListedLimit): string {
  if (!inForce) return `waits for epoch ${fromEpoch}`;
  if (expires === undefined) return "-";
  return `${instant(expires)}, then ${describeLimitValue(name, revertsTo ?? null)}`;
}

const instant = (wall: number) => new Date(wall).toISOString().replace(/\.\d+Z$/, "Z");
