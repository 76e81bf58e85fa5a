import type { InstanceView } from "../../src/ops/instance.ts";
import type { Daemon } from "../../src/runtime/daemon.ts";

/** Shows at each scrape in which state every instance is, and how often it was started again. */
export function showServices(metrics: Daemon["metrics"], views: () => readonly InstanceView[]): void {
  metrics.onScrape(() => {
    metrics.replace(
      "ttt_service_state",
      views().map(({ instance, state }) => ({ labels: { daemon: instance, state }, value: 1 })),
    );
    for (const { instance, restarts } of views()) {
      for (const [cause, total] of Object.entries(restarts)) {
        metrics.follow("ttt_service_restarts_total", { daemon: instance, cause }, total);
      }
    }
  });
}
