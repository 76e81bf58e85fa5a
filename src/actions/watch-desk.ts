import type { Clock } from "../core/clock.ts";
import type { LogFiles } from "../ports/log-files.ts";
import type { StackControl } from "../ports/stack-control.ts";
import { numbered } from "./desk/sender.ts";
import { type JobRecord, watchBacktests } from "./desk/watch-backtests.ts";
import { type IncidentRecord, watchIncidents } from "./desk/watch-incidents.ts";
import { watchLogs } from "./desk/watch-logs.ts";
import { watchRunbooks } from "./desk/watch-runbooks.ts";
import { watchServices } from "./desk/watch-services.ts";
import { type TradingSource, watchTrading } from "./desk/watch-trading.ts";
import type { DeskFeed } from "./desk-feed.ts";
import type { RunbookReading } from "./runbooks/runbook-ports.ts";

export interface DeskSources {
  readonly stack: Pick<StackControl, "watch" | "processes">;
  readonly trading: Omit<TradingSource, "isAttended">;
  readonly openJobs: () => Promise<JobRecord>;
  readonly openIncidents: () => Promise<IncidentRecord>;
  readonly runbooks: RunbookReading;
  readonly logs: LogFiles;
  readonly clock: Clock;
}

/** The running stack as one feed. Every source comes and goes on its own; each subscriber has its own connections. */
export function watchDesk(sources: DeskSources): DeskFeed {
  const { stack, trading, openJobs, openIncidents, runbooks, logs, clock } = sources;
  return {
    subscribe(listener, isAttended = () => true) {
      const ended = new AbortController();
      const send = numbered((message) => {
        if (!ended.signal.aborted) listener(message);
      });
      void watchServices(stack, clock, send, ended.signal);
      void watchBacktests(openJobs, clock, send, ended.signal);
      void watchIncidents(openIncidents, clock, send, ended.signal);
      void watchRunbooks(runbooks, clock, send, ended.signal);
      void watchLogs(logs, clock, send, ended.signal);
      void watchTrading({ ...trading, isAttended }, clock, send, ended.signal);
      return () => ended.abort();
    },
  };
}
