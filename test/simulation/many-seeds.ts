import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Fault } from "./faults.ts";
import type { RunResult } from "./simulate.ts";

/** With fewer seeds a second thread takes longer to start than it saves. */
const SEEDS_FOR_THREADS = 500;

/** What a thread is started with. */
export interface SeedThreadData {
  readonly fault: Fault | undefined;
  readonly workers: boolean;
}

/** Runs the seeds from 1 on, over all cores when there are many, until one fails; results in the order of the seeds. */
export async function runSeeds(
  seeds: number,
  data: SeedThreadData,
  here: (seed: number) => RunResult | Promise<RunResult>,
): Promise<RunResult[]> {
  if (seeds >= SEEDS_FOR_THREADS) return onThreads(seeds, data, Math.min(availableParallelism(), seeds));
  const results: RunResult[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await here(seed);
    results.push(result);
    if (result.violation !== undefined) break;
  }
  return results;
}

/** The first violation by the number of its seed is what is told, whichever thread is the fastest. */
async function onThreads(seeds: number, data: SeedThreadData, count: number): Promise<RunResult[]> {
  const results: RunResult[] = [];
  let next = 1;
  let last = seeds;
  const thread = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(join(import.meta.dirname, "seeds.thread.ts"), { workerData: data });
      const give = () => {
        if (next > last) void worker.terminate().then(() => resolve());
        else worker.postMessage(next++);
      };
      worker.on("message", (result: RunResult) => {
        results.push(result);
        if (result.violation !== undefined) last = Math.min(last, result.seed);
        give();
      });
      worker.on("error", reject);
      give();
    });
  await Promise.all(Array.from({ length: count }, thread));
  return results.filter(({ seed }) => seed <= last).sort((a, b) => a.seed - b.seed);
}
