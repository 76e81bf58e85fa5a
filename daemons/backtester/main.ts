// Takes backtest jobs one at a time, runs each in a thread of its own, and stores what it gives. A job that throws,
// hangs or eats memory fails as a job; this process goes on.

import { keepFlags } from "../../src/actions/flags/keep-flags.ts";
import { BarCache } from "../../src/actions/jobs/bar-cache.ts";
import { JobLoop } from "../../src/actions/jobs/job-loop.ts";
import { JobRunner } from "../../src/actions/jobs/job-runner.ts";
import { runDaemon } from "../../src/runtime/daemon.ts";
import { openDaemonDatabase } from "../../src/runtime/database.ts";
import { flagStore } from "../../src/runtime/flags.ts";
import { askForJobs, jobServices, openJobQueue } from "../../src/runtime/job-services.ts";
import { BacktestThreads } from "./backtest-threads.ts";

/** To take the thread down, give the job back and let the database know. */
const CLOSE_MS = 5_000;
/** The loop looks for work once a second, also without a ring. */
const LOOK_STANDS_STILL_MS = 15_000;
/** A strategy that hangs fails as a job after 60 s: only when that does not work is it the daemon that hangs. */
const STEP_STANDS_STILL_MS = 90_000;

await runDaemon("backtester", async (daemon) => {
  const { config, clock, log, metrics, identity } = daemon;
  const database = await daemon.open("database", openDaemonDatabase(config, identity));
  const queue = await daemon.open("queue", openJobQueue(config, database));
  await daemon.needs("postgres", () => askForJobs(database));
  if (config.amqp.url !== undefined) await daemon.needs("rabbitmq", () => queue.answers());
  const { jobs, vault } = jobServices(database);
  const threads = await daemon.open("threads", new BacktestThreads());
  const runner = new JobRunner({
    jobs,
    bars: new BarCache(vault),
    threads,
    clock,
    log,
    metrics,
    onStep: () => daemon.progress("step"),
  });
  const isBusy = () => runner.isBusy;
  daemon.owes("look", {
    withinMs: LOOK_STANDS_STILL_MS,
    words: "nobody looks for jobs",
    isDue: () => !isBusy(),
    isOwn: true,
  });
  daemon.owes("step", {
    withinMs: STEP_STANDS_STILL_MS,
    words: "a running job takes no step",
    isDue: isBusy,
    isOwn: true,
  });
  const flags = await daemon.open("flags", keepFlags(flagStore(database), clock));
  const pace = () => ({ isOpen: flags.get("backtest.work"), restMs: flags.get("backtest.pause") });
  await daemon.open(
    "jobs",
    new JobLoop({ jobs, queue, runner, clock, log, owner: identity.instance, progress: daemon.progress, pace }),
    CLOSE_MS,
  );
  daemon.ready();
});
