import { carryOutRequest } from "../actions/carry-out-request.ts";
import type { DeskFeed } from "../actions/desk-feed.ts";
import type { CarryOut } from "../actions/desk-request.ts";
import { watchDesk } from "../actions/watch-desk.ts";
import { openIncidents } from "../runtime/incidents.ts";
import { openJobRecord } from "../runtime/job-record.ts";
import { openStackLogs } from "../runtime/log-files.ts";
import { openRunbookReading } from "../runtime/runbooks.ts";
import { tradedVenue } from "../runtime/traded-venue.ts";
import { openTradingRecord } from "../runtime/trading-desk.ts";
import { withKillSwitch } from "./open-kill-switch.ts";
import { openStack, type StackAccess } from "./open-stack.ts";

const DESK_CONNECTION = {
  applicationName: "ttt console",
  maxConnections: 1,
  connectTimeoutMs: 2_000,
  statementTimeoutMs: 5_000,
} as const;

export interface DeskAccess extends StackAccess {
  /** The running stack as a feed. It connects at the first subscription. */
  readonly feed: DeskFeed;
  readonly carryOut: CarryOut;
}

/** The desk of the configured state directory, for a command. */
export async function openDesk(): Promise<DeskAccess> {
  const access = await openStack();
  const { id, currency } = tradedVenue(access.config);
  const trading = { open: () => openTradingRecord(access.config, access.clock), currency, venues: [id] };
  return {
    ...access,
    feed: watchDesk({
      stack: access.stack,
      trading,
      openJobs: () => openJobRecord(access.config),
      openIncidents: () => openIncidents(access.config, access.clock, DESK_CONNECTION),
      runbooks: openRunbookReading(access.config.paths.home),
      logs: openStackLogs(access.config),
      clock: access.clock,
    }),
    carryOut: (request) =>
      carryOutRequest(request, {
        ...access,
        withKillSwitch: (work) => withKillSwitch("ttt console", work, { exact: request.kind !== "kill" }),
      }),
  };
}
