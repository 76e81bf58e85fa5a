import { readdirSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Cancel } from "../../core/clock.ts";
import type { Metrics } from "../../ports/metrics.ts";

/** Reads what the process uses, at each scrape and only then. */
export function showProcessFigures(metrics: Metrics): Cancel {
  const startedAt = (performance.timeOrigin || 0) / 1000;
  let loopSeen = performance.eventLoopUtilization();
  return metrics.onScrape(() => {
    const { user, system } = process.cpuUsage();
    metrics.follow("process_cpu_seconds_total", {}, (user + system) / 1e6);
    const memory = process.memoryUsage();
    metrics.set("process_resident_memory_bytes", {}, memory.rss);
    metrics.set("nodejs_heap_size_used_bytes", {}, memory.heapUsed);
    metrics.set("nodejs_heap_size_total_bytes", {}, memory.heapTotal);
    metrics.set("process_start_time_seconds", {}, startedAt);
    const loop = performance.eventLoopUtilization();
    metrics.set("ttt_event_loop_utilization_ratio", {}, performance.eventLoopUtilization(loop, loopSeen).utilization);
    loopSeen = loop;
    const open = openDescriptors();
    if (open !== undefined) metrics.set("process_open_fds", {}, open);
  });
}

function openDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}
