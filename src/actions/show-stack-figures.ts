import type { Cancel } from "../core/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { MemoryFigures, StackFigures } from "../ports/stack-figures.ts";

/** Shows at each scrape what only the stores know: kills that wait for a worker, jobs that wait, memory of Redis. */
export function showStackFigures(metrics: Metrics, figures: StackFigures, redis?: MemoryFigures): Cancel {
  const cancels = [
    metrics.onScrape(async () => {
      const now = await figures.read();
      metrics.set("ttt_kill_epoch", {}, now.epoch);
      metrics.set("ttt_kill_unacknowledged", {}, now.unacknowledged);
      metrics.set("ttt_kill_unacknowledged_seconds", {}, now.unacknowledged > 0 ? now.epochAge : 0);
      if (now.lastKillAge !== undefined) metrics.set("ttt_kill_drill_age_seconds", {}, now.lastKillAge);
      metrics.set("ttt_jobs_waiting", {}, now.jobsWaiting);
      metrics.set("ttt_job_oldest_waiting_seconds", {}, now.oldestJobAge);
    }),
  ];
  if (redis !== undefined) {
    const show = metrics.onScrape(async () => {
      const { used, limit } = await redis.readMemory();
      metrics.set("ttt_redis_memory_used_bytes", {}, used);
      metrics.set("ttt_redis_memory_limit_bytes", {}, limit);
    });
    cancels.push(show);
  }
  return () => {
    for (const cancel of cancels) cancel();
  };
}
