// npm run simulate -- --seeds N [--seed S] [--fault NAME] [--lines N] [--workers]
// --workers runs the worker's own code instead of bare sessions: slower, and closer.
import { parseArgs } from "node:util";
import { FAULTS, isFault, plant } from "./faults.ts";
import { runSeeds } from "./many-seeds.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string" },
    fault: { type: "string" },
    lines: { type: "string", default: "40" },
    workers: { type: "boolean", default: false },
  },
});
const fault = values.fault !== undefined && isFault(values.fault) ? values.fault : undefined;
if (values.fault !== fault) {
  console.error(
    `no fault ${values.fault}; there are:\n${Object.entries(FAULTS)
      .map(([name, what]) => `  ${name}: ${what}`)
      .join("\n")}`,
  );
  process.exit(2);
}
if (fault !== undefined) plant(fault);
// Only now: the code must be loaded with the fault in it.
const { simulate: simulateSessions, simulateWorkers } = await import("./simulate.ts");
const simulate = values.workers ? simulateWorkers : simulateSessions;

process.exitCode = values.seed === undefined ? await many(Number(values.seeds)) : await one(Number(values.seed));

async function many(seeds: number): Promise<number> {
  const started = performance.now();
  const results = await runSeeds(seeds, { fault, workers: values.workers }, (seed) => simulate(seed, fault));
  const seconds = (performance.now() - started) / 1000;
  const { seed, violation } = results.at(-1)!;
  if (violation !== undefined) {
    const flags = `${values.workers ? " --workers" : ""}${fault === undefined ? "" : ` --fault ${fault}`}`;
    console.log(`seed ${seed}: ${violation}`);
    console.log(`again: npm run simulate -- --seed ${seed}${flags}`);
    return 1;
  }
  const sum = (key: "steps" | "writes" | "fills" | "epochs") => results.reduce((total, one) => total + one[key], 0);
  console.log(
    `${seeds} seeds without a violation: ${sum("steps")} steps, ${sum("writes")} orders, ${sum("fills")} fills, ${sum("epochs")} level changes`,
  );
  console.log(`${(seeds / seconds).toFixed(1)} seeds per second`);
  return 0;
}

/** One seed, twice: both must be the same to the last event. */
async function one(seed: number): Promise<number> {
  const first = await simulate(seed, fault, Number(values.lines));
  const second = await simulate(seed, fault);
  for (const line of first.lines) console.log(line);
  const { hash, steps, writes, fills, epochs, violation } = first;
  console.log(`seed ${seed}: hash ${hash}, ${steps} steps, ${writes} orders, ${fills} fills, ${epochs} level changes`);
  if (second.hash !== hash) console.log(`NOT DETERMINISTIC: the second run's hash is ${second.hash}`);
  console.log(violation ?? "no violation");
  return violation === undefined && second.hash === hash ? 0 : 1;
}
