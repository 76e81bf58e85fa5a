import type { JobQueue } from "../../ports/job-queue.ts";
import type { Postgres } from "./postgres.ts";

const CHANNEL = "ttt_job_ring";

/** The doorbell over NOTIFY: every waiting worker hears every ring, and the job store lets one of them have the job. */
export async function openPostgresJobQueue(postgres: Postgres): Promise<JobQueue> {
  const waiting = new Set<() => void>();
  // A ring that comes while this worker is busy is kept for its next wait.
  let rung = false;
  const onRing = () => {
    rung = true;
    for (const wake of [...waiting]) wake();
  };
  const unlisten = await postgres.listen(CHANNEL, onRing, onRing);

  return {
    ring: () => postgres.notify(CHANNEL, ""),
    wait(signal) {
      if (rung || signal.aborted) {
        rung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          if (!signal.aborted) rung = false;
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      });
    },
    answers: async () => {
      await postgres.query("SELECT 1");
    },
    close() {
      unlisten();
      onRing();
    },
  };
}
