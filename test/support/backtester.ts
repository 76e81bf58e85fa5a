import { BacktestThreads } from "../../daemons/backtester/backtest-threads.ts";
import { type FlagBoard, keepFlags } from "../../src/actions/flags/keep-flags.ts";
import { BarCache } from "../../src/actions/jobs/bar-cache.ts";
import { JobLoop } from "../../src/actions/jobs/job-loop.ts";
import { JobRunner } from "../../src/actions/jobs/job-runner.ts";
import { openPostgres, type Postgres } from "../../src/adapters/postgres/postgres.ts";
import { openPostgresJobQueue } from "../../src/adapters/postgres/postgres-job-queue.ts";
import { systemClock } from "../../src/adapters/system/system-clock.ts";
import { openPromClientMetrics } from "../../src/adapters/telemetry/prom-client-metrics.ts";
import type { JobQueue } from "../../src/ports/job-queue.ts";
import type { Log } from "../../src/ports/log.ts";
import { flagStore } from "../../src/runtime/flags.ts";
import { type JobServices, jobServices } from "../../src/runtime/job-services.ts";

/** A log that keeps its lines, for tests that ask what was said. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string, context?: object) =>
    void lines.push(`${level} ${message} ${context ? JSON.stringify(context) : ""}`);
  const log = { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error"), child: () => log };
  return log;
}

export interface TestBacktester extends JobServices {
  readonly database: Postgres;
  readonly queue: JobQueue;
  readonly log: ReturnType<typeof keptLog>;
  readonly flags: FlagBoard;
  close(): Promise<void>;
}

/** What the backtester daemon is made of, in this process: real database, real threads. */
export async function startBacktester(
  url: string,
  options: { heapMb?: number; stuckMs?: number; owner?: string; onProgress?: (what: string) => void } = {},
): Promise<TestBacktester> {
  const database = await openPostgres(url);
  const queue = await openPostgresJobQueue(database);
  const services = jobServices(database);
  const threads = new BacktestThreads(options.heapMb);
  const log = keptLog();
  const runner = new JobRunner({
    ...{ jobs: services.jobs, bars: new BarCache(services.vault), threads, clock: systemClock, log },
    metrics: await openPromClientMetrics("backtester"),
    ...(options.stuckMs !== undefined && { stuckMs: options.stuckMs }),
  });
  const owner = options.owner ?? "backtester-1";
  const flags = await keepFlags(flagStore(database), systemClock);
  const pace = () => ({ isOpen: flags.get("backtest.work"), restMs: flags.get("backtest.pause") });
  const progress = options.onProgress ?? (() => {});
  const loop = new JobLoop({ jobs: services.jobs, queue, runner, clock: systemClock, log, owner, progress, pace });
  return {
    ...services,
    ...{ database, queue, log, flags },
    async close() {
      await loop.close();
      await flags.close();
      await threads.close();
      await queue.close();
      await database.close();
    },
  };
}
