// One core's share of many seeds: a seed comes in, its result goes out.
import { parentPort, workerData } from "node:worker_threads";
import { plant } from "./faults.ts";
import type { SeedThreadData } from "./many-seeds.ts";

const { fault, workers } = workerData as SeedThreadData;
if (fault !== undefined) plant(fault);
// Only now: the code must be loaded with the fault in it.
const { simulate, simulateWorkers } = await import("./simulate.ts");
const run = workers ? simulateWorkers : simulate;
// Outages are many here, and nobody reads where each came from.
Error.stackTraceLimit = 0;

parentPort!.on("message", async (seed: number) => {
  parentPort!.postMessage(await run(seed, fault));
});
